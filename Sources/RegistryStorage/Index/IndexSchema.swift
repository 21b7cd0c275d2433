/// The tables of the index.
///
/// Digests are the bytes of their value. A repository's `key` is its name with the slash as the lowest character, so that it
/// sorts as `RepositoryName` does. `stamp` is the state of its folders at which its rows were true; NULL while they change.
/// What a manifest says stands once, whatever the number of repositories that hold it.
enum IndexSchema {
    /// To be raised with every change below: an index of another version is made anew.
    static let version = 2

    static let statements = """
        CREATE TABLE facts(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE repositories(
            id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, stamp INTEGER, visible INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE tags(
            repository INTEGER NOT NULL, name TEXT NOT NULL, digest BLOB NOT NULL, moved INTEGER NOT NULL,
            scan INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(repository, name)) WITHOUT ROWID;
        CREATE INDEX tags_by_digest ON tags(repository, digest);
        CREATE TABLE revisions(
            repository INTEGER NOT NULL, digest BLOB NOT NULL, pushed INTEGER NOT NULL, pulled INTEGER,
            pulls INTEGER NOT NULL DEFAULT 0, scan INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY(repository, digest)) WITHOUT ROWID;
        CREATE INDEX revisions_by_digest ON revisions(digest);
        CREATE TABLE layers(
            repository INTEGER NOT NULL, digest BLOB NOT NULL, size INTEGER, scan INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY(repository, digest)) WITHOUT ROWID;
        CREATE INDEX layers_by_digest ON layers(digest);
        CREATE TABLE manifests(
            id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, media_type TEXT NOT NULL, size INTEGER NOT NULL,
            subject BLOB, artifact_type TEXT, annotations TEXT);
        CREATE INDEX manifests_by_subject ON manifests(subject) WHERE subject IS NOT NULL;
        CREATE TABLE refs(
            manifest INTEGER NOT NULL, target BLOB NOT NULL, size INTEGER, PRIMARY KEY(manifest, target)) WITHOUT ROWID;
        CREATE INDEX refs_by_target ON refs(target);
        CREATE TABLE doomed(
            repository INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY(repository, digest)) WITHOUT ROWID;
        CREATE TABLE doomed_tags(
            repository INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY(repository, name)) WITHOUT ROWID;
        CREATE TABLE expired(
            repository INTEGER NOT NULL, digest BLOB NOT NULL, dry INTEGER NOT NULL,
            PRIMARY KEY(repository, digest)) WITHOUT ROWID;
        """
}
