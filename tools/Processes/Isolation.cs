using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Tools.Processes;

/// <summary>
/// Runs commands by bubblewrap in namespaces of their own: of the file system only the system's programs, to be read, and the workspace, to be written; no other process;
/// no network unless the settings allow it; no privileges, whoever the server runs as, and where that is root a user of the session's own.
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

    private static readonly Dictionary<string, string> Outside = new() { ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };

    private readonly ProcessOptions options;
    private readonly ILogger logger;
    private readonly Lazy<Found> found;

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

    /// <summary>Whether each session's commands run as a user of their own.</summary>
    public bool Users => Active && found.Value.Users;

    /// <summary>What is wanted and not to be had here.</summary>
    public IEnumerable<string> Missing
    {
        get
        {
            if (options.Isolation == IsolationMode.Off) yield break;
            if (!Active) yield return $"isolation: {found.Value.Why}";
            else if (SessionUsers.Possible && !Users) yield return $"a user for each session: {found.Value.Why}";
        }
    }

    /// <summary>Whether a command may see a file, other than one of its workspace.</summary>
    public bool Shows(string file) => !Active || Programs.Concat(options.ReadOnlyPaths).Any(path => file == path || file.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal));

    /// <summary>The command that runs one isolated; that one itself where nothing is isolated.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="workspace">The only folder that it may write to, apart from temporary ones of its own.</param>
    /// <param name="processes">How many processes the session may have, where nothing else limits them.</param>
    public ProcessCommand Wrap(ProcessCommand command, string workspace, int? processes = null)
    {
        if (!Active) return command;
        // What isolates runs outside, perhaps as root: the caller's variables begin to hold inside.
        var place = Users ? SessionUsers.Place : workspace;
        var variables = command.Environment.Select(variable => $"{variable.Key}={variable.Value}");
        string[] inside = ["/usr/bin/env", .. variables, command.File, .. command.Arguments];
        string[] program = [found.Value.File!, .. Arguments(place, workspace, command.WorkingDirectory), "--", .. inside];
        command = command with { Environment = Outside };
        return Users
            ? command with { File = "/bin/sh", Arguments = [.. SessionUsers.Become(workspace, processes, program)] }
            : command with { File = program[0], Arguments = [.. program[1..]] };
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Active) LogActive(found.Value.File!, options.Network ? "with" : "without", Users ? "a user for each session" : "the server's user");
        else if (options.Isolation != IsolationMode.Off) LogMissing(found.Value.Why);
        if (Active && SessionUsers.Possible && !Users) LogNoUsers(found.Value.Why);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<string> Arguments(string place, string workspace, string folder)
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
        string[] hidden = [.. Hidden()];
        foreach (var path in hidden) foreach (var argument in (string[])["--tmpfs", path]) yield return argument;
        foreach (var argument in (string[])["--bind", place, workspace]) yield return argument;
        foreach (var path in hidden) foreach (var argument in (string[])["--remount-ro", path]) yield return argument;
        foreach (var argument in (string[])["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", folder]) yield return argument;
    }

    // Only what a folder that is shown would show: elsewhere there is nothing to hide, and no place to mount at.
    private IEnumerable<string> Hidden()
    {
        var there = options.HiddenPaths.Select(path => new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))).Where(path => path.Exists);
        return there.Select(path => path.ResolveLinkTarget(returnFinalTarget: true) ?? path).Select(path => path.FullName).Distinct().Order(StringComparer.Ordinal)
            .Where(path => Programs.Concat(options.ReadOnlyPaths).Any(shown => $"{path}/".StartsWith(shown.TrimEnd('/') + "/", StringComparison.Ordinal)));
    }

    private Found Find(string path)
    {
        var file = path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, Program)).FirstOrDefault(File.Exists);
        if (file is null) return new(null, false, "bubblewrap (bwrap) is not installed.");
        var root = Directory.CreateTempSubdirectory("toolruntime-isolation-");
        try
        {
            var workspace = root.CreateSubdirectory("workspace").FullName;
            var refused = SessionUsers.Possible ? Probe("/bin/sh", SessionUsers.Become(workspace, options.MaxProcesses > 0 ? options.MaxProcesses : null, Trial(file, SessionUsers.Place, workspace))) : "";
            if (refused is null) return new(file, true, "");
            return Probe(file, Trial(file, workspace, workspace).Skip(1)) is { } why ? new(null, false, why) : new(file, false, refused);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return new(null, false, exception.Message);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private IEnumerable<string> Trial(string file, string place, string workspace) => [file, .. Arguments(place, workspace, workspace), "--", "/bin/sh", "-c", ": >probe"];

    private static string? Probe(string program, IEnumerable<string> arguments)
    {
        using var process = new Process { StartInfo = new(program, arguments) { RedirectStandardError = true } };
        process.StartInfo.Environment.Clear();
        foreach (var (name, value) in Outside) process.StartInfo.Environment[name] = value;
        Inheritance.Start(process);
        if (!process.WaitForExit(ProbeTimeout))
        {
            process.Kill();
            return "bubblewrap does not end.";
        }

        return process.ExitCode == 0 ? null : process.StandardError.ReadToEnd().Trim();
    }

    /// <param name="File">The program that isolates; null if none does.</param>
    /// <param name="Users">Whether sessions have users.</param>
    /// <param name="Why">What the host said to what it does not allow.</param>
    private sealed record Found(string? File, bool Users, string Why);
}
