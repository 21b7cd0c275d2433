/// The page that a browser sees at `/`, until someone puts their own there.
enum FirstPage {
    static func html(authority: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(authority)</title>
        <style>
        :root { color-scheme: light dark; }
        body { margin: 18vh auto 0; max-width: 34rem; padding: 0 1.5rem; font: 1.05rem/1.6 system-ui, sans-serif; }
        h1 { font-size: 1.5rem; font-weight: 600; letter-spacing: -.01em; margin: 0 0 .5rem; }
        pre { padding: 1rem 1.2rem; border-radius: .6rem; background: color-mix(in srgb, currentColor 8%, transparent);
              font: .95rem/1.7 ui-monospace, monospace; overflow-x: auto; }
        </style>
        <h1>\(authority)</h1>
        <p>A private registry for container images.</p>
        <pre>docker login \(authority)
        docker pull \(authority)/NAME:TAG</pre>
        </html>

        """
    }
}
