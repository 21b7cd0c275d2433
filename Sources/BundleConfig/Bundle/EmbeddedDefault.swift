/// The configuration of a bundle that has no file: an own certificate, and one user who may do everything.
enum EmbeddedDefault {
    static let data = "/var/lib/dockmaster"
    static let logs = "/var/log/dockmaster"
    static let run = "/run/dockmaster"
    static let domain = "localhost"

    static let text = """
        users:
          admin: {password_file: configuration/admin.password}
        acl:
          - {match: {account: admin}, actions: ["*"]}
        """
}
