using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ToolRuntime.Tests.Shared;

/// <summary>A real PostgreSQL of the tests' own, on a free port with a folder of its own. It refuses root, so root starts it as <c>postgres</c>.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Password = "archive-test-password";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Lazy<Task<PostgresServer>> Common = new(StartCommonAsync);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-postgres-");
    private readonly string programs = Programs();
    private readonly int port = FreePort();
    private Process? process;

    private PostgresServer()
    {
    }

    /// <summary>One for all tests of the process; each takes a database of its own.</summary>
    public static Task<PostgresServer> Shared => Common.Value;

    /// <summary>For the database that is there from the beginning.</summary>
    public string ConnectionString => ConnectionStringTo("postgres");

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer();
        try
        {
            await server.InitAsync();
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public string ConnectionStringTo(string database) =>
        $"Host=127.0.0.1;Port={port};Username=archive;Password={Password};Database={database};Maximum Pool Size=20";

    /// <summary>Makes a database, and gives the way to it.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"t{Guid.NewGuid():n}";
        await PsqlAsync($"CREATE DATABASE {name}");
        return ConnectionStringTo(name);
    }

    /// <summary>What <c>psql</c> says to a statement.</summary>
    public async Task<string> PsqlAsync(string statement, string database = "postgres")
    {
        var start = new ProcessStartInfo(Path.Combine(programs, "psql"), ["-h", "127.0.0.1", "-p", $"{port}", "-U", "archive", "-d", database, "-Atc", statement]);
        start.Environment["PGPASSWORD"] = Password;
        return await RunAsync(start);
    }

    /// <summary>Starts it where it was, and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        var start = AsItsUser("postgres", "-D", Data, "-p", port.ToString(CultureInfo.InvariantCulture), "-h", "127.0.0.1", "-k", folder.FullName, "-c", "max_connections=200");
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        var began = Stopwatch.GetTimestamp();
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            using var ready = Process.Start(new ProcessStartInfo(Path.Combine(programs, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", $"{port}"]))!;
            await ready.WaitForExitAsync();
            if (ready.ExitCode == 0) return;
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"PostgreSQL does not answer at port {port}.");
            await poll.WaitForNextTickAsync();
        }
    }

    /// <summary>Ends it at once, as a machine that fails.</summary>
    public async Task KillAsync()
    {
        if (process is null) return;
        await RunAsync(AsItsUser("pg_ctl", "-D", Data, "stop", "-m", "immediate"), mayFail: true);
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        folder.Delete(recursive: true);
    }

    private string Data => Path.Combine(folder.FullName, "data");

    private static bool IsRoot => Environment.UserName == "root";

    private static async Task<PostgresServer> StartCommonAsync()
    {
        var server = await StartAsync();
        ExitGuard.Watch(server.process!.Id, server.folder.FullName, "QUIT");
        return server;
    }

    private async Task InitAsync()
    {
        var secret = Path.Combine(folder.FullName, "password");
        await File.WriteAllTextAsync(secret, Password);
        if (IsRoot) await RunAsync(new ProcessStartInfo("chown", ["-R", "postgres:", folder.FullName]));
        await RunAsync(AsItsUser(
            "initdb", "-D", Data, "-U", "archive", "--auth=scram-sha-256", $"--pwfile={secret}", "--encoding=UTF8", "--locale=C", "--no-sync"));
    }

    private ProcessStartInfo AsItsUser(string program, params string[] arguments)
    {
        var path = Path.Combine(programs, program);
        var start = IsRoot
            ? new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.WorkingDirectory = folder.FullName;
        return start;
    }

    private static async Task<string> RunAsync(ProcessStartInfo start, bool mayFail = false)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var (said, wrong) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 && !mayFail) throw new InvalidOperationException($"{Path.GetFileName(start.FileName)} failed: {await wrong}");
        return (await said).Trim();
    }

    /// <summary>Debian has them beside each other by version, and not on the path.</summary>
    private static string Programs()
    {
        const string Debian = "/usr/lib/postgresql";
        var folders = Directory.Exists(Debian) ? Directory.GetDirectories(Debian).OrderDescending().Select(folder => Path.Combine(folder, "bin")) : [];
        return folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            ?? throw new InvalidOperationException("These tests need PostgreSQL's programs (initdb, postgres, psql): apt-get install postgresql");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
