enum PlaceholderWorkerRuntime {}
