"""Who is who and who may do what: tenants, users, roles, sessions, facilities."""
