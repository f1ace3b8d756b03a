import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;
import org.bouncycastle.cms.SignerInformationVerifier;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.ers.ERSByteData;
import org.bouncycastle.tsp.ers.ERSEvidenceRecord;

/**
 * Reads a folder and an instant (milliseconds); prints for each NAME.ers with its NAME.doc
 * whether Bouncy Castle takes the record for that document.
 */
public class ErsVerify {
    public static void main(String[] args) throws Exception {
        BouncyCastleProvider provider = new BouncyCastleProvider();
        DigestCalculatorProvider digests =
            new JcaDigestCalculatorProviderBuilder().setProvider(provider).build();
        Date at = new Date(Long.parseLong(args[1]));
        try (var files = Files.list(Path.of(args[0]))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".ers")).sorted().toList()) {
                String name = file.getFileName().toString().replace(".ers", "");
                byte[] document = Files.readAllBytes(file.resolveSibling(name + ".doc"));
                String said = "accepted";
                try {
                    ERSEvidenceRecord record =
                        new ERSEvidenceRecord(Files.readAllBytes(file), digests);
                    SignerInformationVerifier verifier =
                        new JcaSimpleSignerInfoVerifierBuilder()
                            .setProvider(provider)
                            .build(record.getSigningCertificate());
                    record.validate(verifier);
                    record.validatePresent(new ERSByteData(document), at);
                } catch (Exception refused) {
                    said = "refused";
                    System.err.println(name + ": " + refused);
                }
                System.out.println(name + " " + said);
            }
        }
    }
}
