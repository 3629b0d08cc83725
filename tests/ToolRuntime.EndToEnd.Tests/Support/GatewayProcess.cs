using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>The built gateway, or another built program that says where it listens, as a process.</summary>
internal sealed partial class GatewayProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int MaxKeptOutput = 200_000;
    private const string Banner = "Listening on ";
    private const string SiloBanner = "Silo ready on ";

    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder output = new();
    private readonly Process process;
    private readonly Task readers;

    private GatewayProcess(Process process)
    {
        this.process = process;
        process.Exited += (_, _) => exited.TrySetResult(process.ExitCode);
        process.Start();
        Id = process.Id;
        readers = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
        _ = FailWhenGoneAsync();
    }

    public int Id { get; }

    /// <summary>Where it listens, once it does.</summary>
    public Task<Uri> Listening => listening.Task.WaitAsync(Limits.Timeout);

    /// <summary>Its exit code.</summary>
    public Task<int> Exited => exited.Task.WaitAsync(Limits.Timeout);

    /// <summary>What it has printed, both streams.</summary>
    public string Output
    {
        get
        {
            lock (output) return output.ToString();
        }
    }

    public static GatewayProcess Launch(params string[] arguments) => LaunchProgram("ToolRuntime.Gateway", arguments);

    /// <summary>A built program of this repository.</summary>
    public static GatewayProcess LaunchProgram(string name, params string[] arguments) => LaunchProgram(null, name, arguments);

    /// <summary>Starts it under a clock that the test sets.</summary>
    private static GatewayProcess LaunchProgram(SetClock? clock, string name, string[] arguments)
    {
        // artifacts/bin/<project>/<configuration>/
        var here = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var program = Path.Combine(here.Parent!.Parent!.FullName, name, here.Name, $"{name}.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[program, .. arguments]) start.ArgumentList.Add(argument);
        foreach (var setting in start.Environment.Keys.Where(IsSetting).ToList()) start.Environment.Remove(setting);
        foreach (var (variable, value) in clock?.Environment ?? new Dictionary<string, string>()) start.Environment[variable] = value;
        return new(new() { StartInfo = start, EnableRaisingEvents = true });
    }

    /// <summary>Starts it and waits until it listens.</summary>
    public static Task<GatewayProcess> StartAsync(string dataPath, string url, params IEnumerable<string> settings) =>
        StartAsync(null, dataPath, url, settings);

    /// <summary>The same under a clock that the test sets.</summary>
    public static async Task<GatewayProcess> StartAsync(SetClock? clock, string dataPath, string url, IEnumerable<string> settings)
    {
        var gateway = LaunchProgram(
            clock, "ToolRuntime.Gateway", ["--urls", url, "--ToolRuntime:Data:Path", dataPath, "--ToolRuntime:Models:Default", "directive", .. settings]);
        await gateway.Listening;
        return gateway;
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await Exited;
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Terminate();
        return await Exited;
    }

    /// <summary>SIGTERM; waits for nothing.</summary>
    public void Terminate() => Assert.Equal(0, Signal(Id, SigTerm));

    /// <summary>Memory in use now, in bytes.</summary>
    public long ResidentBytes() => long.Parse(
        File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    public async ValueTask DisposeAsync()
    {
        if (!exited.Task.IsCompleted) await KillAsync();
        await readers.WaitAsync(Limits.Timeout);
        process.Dispose();
    }

    private static bool IsSetting(string variable) =>
        variable.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
            || variable.StartsWith("TOOLRUNTIME", StringComparison.OrdinalIgnoreCase) || variable is "URLS" or "DOTNET_URLS";

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (output)
            {
                if (output.Length < MaxKeptOutput) output.AppendLine(line);
            }

            var silo = line.IndexOf(SiloBanner, StringComparison.Ordinal);
            if (silo >= 0) listening.TrySetResult(new($"tcp://{line[(silo + SiloBanner.Length)..].Split(',')[0].Trim()}"));
            var banner = line.IndexOf(Banner, StringComparison.Ordinal);
            if (banner >= 0) listening.TrySetResult(new(line[(banner + Banner.Length)..].Split(',')[0].Trim()));
        }
    }

    private async Task FailWhenGoneAsync()
    {
        var code = await exited.Task;
        await readers;
        if (listening.TrySetException(new InvalidOperationException($"The program ended with {code} before it listened:\n{Output}"))) _ = listening.Task.Exception;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int pid, int signal);
}
