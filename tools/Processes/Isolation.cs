using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Tools.Processes;

/// <summary>
/// Runs commands by bubblewrap in namespaces of their own: of the file system only the system's programs, to be read, and the workspace, to be written; no other process;
/// no network unless the settings allow it; no privileges, whoever the server runs as.
/// </summary>
internal sealed partial class Isolation : IHostedService
{
    private const string Program = "bwrap";
    private const long DefaultTemporaryBytes = 1L << 30;
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(10);

    // Programs, and links to where they are on systems that have merged them into /usr.
    private static readonly string[] Programs = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt"];

    // What programs need of /etc. The rest of it may hold secrets, which the server's own user may read.
    private static readonly string[] Settings =
    [
        "alternatives", "ca-certificates", "ca-certificates.conf", "dotnet", "fonts", "group", "host.conf", "hosts", "java", "ld.so.cache", "ld.so.conf", "ld.so.conf.d",
        "localtime", "locale.alias", "magic", "matplotlibrc", "mime.types", "nsswitch.conf", "passwd", "pki", "protocols", "python3", "resolv.conf", "services", "ssl", "timezone",
    ];

    // Root may write to these by being root, without any privilege.
    private static readonly string[] Kernel = ["/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs"];

    private readonly ProcessOptions options;
    private readonly ILogger logger;
    private readonly Lazy<(string? File, string Why)> found;

    public Isolation(IOptions<ProcessOptions> options, ILogger<Isolation> logger)
        : this(options.Value, logger, Environment.GetEnvironmentVariable("PATH") ?? "")
    {
    }

    /// <param name="options">Whether, and how.</param>
    /// <param name="logger">Says what was found.</param>
    /// <param name="path">Where to look for the program.</param>
    public Isolation(ProcessOptions options, ILogger logger, string path)
    {
        (this.options, this.logger) = (options, logger);
        found = new(() => Find(path));
    }

    /// <summary>Whether commands are isolated. Tried once, with a real process.</summary>
    public bool Active => options.Isolation != IsolationMode.Off && found.Value.File is not null;

    /// <summary>Why they may not run at all; null if they may.</summary>
    public ToolError? Refusal => options.Isolation != IsolationMode.Required || Active
        ? null
        : new("isolation_unavailable", $"Processes of tools may only run isolated here, and this host does not allow it: {found.Value.Why}");

    /// <summary>What is wanted and not to be had here.</summary>
    public IEnumerable<string> Missing => options.Isolation == IsolationMode.Off || Active ? [] : [$"isolation: {found.Value.Why}"];

    /// <summary>Whether a command may see a file, other than one of its workspace.</summary>
    public bool Shows(string file) => !Active || Programs.Concat(options.ReadOnlyPaths).Any(path => file == path || file.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal));

    /// <summary>The command that runs one isolated; that one itself where nothing is isolated.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="workspace">The only folder that it may write to, apart from temporary ones of its own.</param>
    public ProcessCommand Wrap(ProcessCommand command, string workspace) => !Active
        ? command
        : command with { File = found.Value.File!, Arguments = [.. Arguments(workspace, command.WorkingDirectory), "--", command.File, .. command.Arguments] };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Active) LogActive(found.Value.File!, options.Network ? "with" : "without");
        else if (options.Isolation != IsolationMode.Off) LogMissing(found.Value.Why);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<string> Arguments(string workspace, string folder)
    {
        string[] namespaces = ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--disable-userns"];
        foreach (var argument in namespaces) yield return argument;
        if (!options.Network) yield return "--unshare-net";
        foreach (var argument in (string[])["--cap-drop", "ALL", "--uid", "1000", "--gid", "1000", "--hostname", "tool"]) yield return argument;
        foreach (var path in Programs)
        {
            if (new FileInfo(path).LinkTarget is { } target) foreach (var argument in (string[])["--symlink", target, path]) yield return argument;
            else if (Directory.Exists(path)) foreach (var argument in (string[])["--ro-bind", path, path]) yield return argument;
        }

        foreach (var path in Settings.Select(name => $"/etc/{name}").Concat(options.ReadOnlyPaths))
        {
            foreach (var argument in (string[])["--ro-bind-try", path, path]) yield return argument;
        }

        var size = (options.MaxWorkspaceBytes == 0 ? DefaultTemporaryBytes : Math.Min(options.MaxWorkspaceBytes, DefaultTemporaryBytes)).ToString(CultureInfo.InvariantCulture);
        foreach (var argument in (string[])["--proc", "/proc", "--dev", "/dev"]) yield return argument;
        foreach (var path in Kernel) foreach (var argument in (string[])["--ro-bind-try", path, path]) yield return argument;
        foreach (var temporary in (string[])["/dev/shm", "/tmp", "/var/tmp"]) foreach (var argument in (string[])["--size", size, "--tmpfs", temporary]) yield return argument;
        foreach (var argument in (string[])["--bind", workspace, workspace, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", folder]) yield return argument;
    }

    private (string? File, string Why) Find(string path)
    {
        var file = path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, Program)).FirstOrDefault(File.Exists);
        if (file is null) return (null, "bubblewrap (bwrap) is not installed.");
        var workspace = Directory.CreateTempSubdirectory("toolruntime-isolation-");
        try
        {
            return Probe(file, workspace.FullName) is { } why ? (null, why) : (file, "");
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return (null, exception.Message);
        }
        finally
        {
            workspace.Delete(recursive: true);
        }
    }

    private string? Probe(string file, string workspace)
    {
        using var process = new Process { StartInfo = new(file, [.. Arguments(workspace, workspace), "--", "/bin/sh", "-c", ": >probe"]) { RedirectStandardError = true } };
        process.StartInfo.Environment.Clear();
        Inheritance.Start(process);
        if (!process.WaitForExit(ProbeTimeout))
        {
            process.Kill();
            return "bubblewrap does not end.";
        }

        return process.ExitCode == 0 ? null : process.StandardError.ReadToEnd().Trim();
    }
}
