using System.Diagnostics;
using System.Text.RegularExpressions;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests;

/// <summary>The script <c>deploy/local-cluster</c>, and the sample on what it starts.</summary>
public sealed partial class LocalClusterTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-local-");

    private static string Repository => new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)).Parent!.Parent!.Parent!.Parent!.FullName;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await RunAsync("stop");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Script_StartsAWholeClusterAndStopsExactlyIt()
    {
        var (started, said) = await RunAsync("start", "--silos", "2", "--gateways", "2");
        Assert.True(started == 0, said);
        var processes = Line().Matches(said).Select(match => (Id: int.Parse(match.Groups[2].Value, null), Name: match.Groups[1].Value, Address: match.Groups[3].Value)).ToList();
        Assert.Equal(["redis", "silo-1", "silo-2", "gateway-1", "gateway-2"], processes.Select(process => process.Name));
        Assert.Equal(0, (await RunAsync("status")).Code);
        Assert.NotEqual(0, (await RunAsync("start")).Code);

        await using (var client = await ProtocolClient.ConnectAsync(new(processes[^1].Address)))
        {
            var record = await client.OpenAsync("local");
            await client.SendAsync(Command.RunTools("local", new ToolUse("computer", [])));
            await record.IdleAsync(1);
        }

        var (code, events) = await RunSampleAsync(processes[0].Address);
        Assert.True(code == 0, events);
        Assert.Contains("Hello from the cluster", events, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"batch.completed\"", events, StringComparison.Ordinal);

        Assert.Equal(0, (await RunAsync("stop")).Code);
        Assert.All(processes, process => Assert.False(Runs(process.Id), $"{process.Name} is left"));
        Assert.Equal(3, (await RunAsync("status")).Code);
    }

    private Task<(int Code, string Output)> RunAsync(params string[] arguments) => ProcessAsync("bash", [Path.Combine(Repository, "deploy", "local-cluster"), .. arguments]);

    private Task<(int Code, string Output)> RunSampleAsync(string redis)
    {
        var here = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        const string Name = "ToolRuntime.Samples.RunBatch";
        return ProcessAsync("dotnet", [Path.Combine(here.Parent!.Parent!.FullName, Name, here.Name, $"{Name}.dll"), redis]);
    }

    private async Task<(int Code, string Output)> ProcessAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TOOLRUNTIME_CLUSTER"] = folder.FullName;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Limits.Timeout * 2);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>Whether it runs; one that has ended may stay in the table where nobody waits for it.</summary>
    private static bool Runs(int id)
    {
        var stat = $"/proc/{id}/stat";
        return File.Exists(stat) && File.ReadAllText(stat) is var text && text[text.LastIndexOf(')') + 2] is not ('Z' or 'X');
    }

    [GeneratedRegex(@"^(\S+)\s+(\d+)  (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
