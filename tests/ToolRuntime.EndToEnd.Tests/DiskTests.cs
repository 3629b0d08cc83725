using System.Net;
using System.Text.Json;
using ToolRuntime.EndToEnd.Tests.Support;
using ToolRuntime.Stores.Tests;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>A real disk under a real server that can't be written to for a while.</summary>
public sealed class DiskTests
{
    [Fact]
    public async Task Run_DiskFillsUpAndEmptiesAgain_IsUnavailableMeanwhileAndEverythingEnds()
    {
        using var disk = new SmallDisk(24);
        await VerifyAsync(disk.Path, _ => DiskFault.Full(disk));
    }

    [Fact]
    public async Task Run_WritesFailForAWhile_IsUnavailableMeanwhileAndEverythingEnds()
    {
        using var disk = new SmallDisk(24);
        await VerifyAsync(disk.Path, DiskFault.InputOutput);
    }

    [Fact]
    public async Task Run_FilesAreReadOnlyForAWhile_IsUnavailableMeanwhileAndEverythingEnds()
    {
        // Beside the tests, where a real file system is: a temporary folder may be in memory, which knows no immutable files.
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"read-only-{Guid.NewGuid():N}"));
        try
        {
            await VerifyAsync(folder.FullName, _ => DiskFault.ReadOnly(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task VerifyAsync(string dataPath, Func<int, DiskFault> faultOf)
    {
        await using var gateway = await GatewayProcess.StartAsync(dataPath, "http://127.0.0.1:0");
        using var server = new StoreProbe(await gateway.Listening);
        var fault = faultOf(gateway.Id);
        // One that prints all the time and ends once the store works, and one whose time is up while it does not.
        var job = Command.RunTools(
            "work",
            new ToolUse("shell", new() { ["command"] = "while [ ! -e go ]; do echo tick; sleep 0.1; done" }),
            new ToolUse("shell", new() { ["command"] = "sleep 600" }));
        job["calls"]![1]!["timeoutMs"] = 1_500;
        await server.WorksAsync();
        var started = await server.SendAsync(job);
        Assert.True(StoreProbe.IsAccepted(started.Status), started.Body.ToString());

        fault.Begin();
        try
        {
            await server.FailsAsync("other", fault.Reason);
        }
        finally
        {
            fault.End();
        }

        await server.WorksAsync();
        foreach (var folder in Directory.EnumerateDirectories(dataPath, "work*", SearchOption.AllDirectories))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "go"), "");
        }

        Assert.True(StoreProbe.IsAccepted((await server.SendAsync(Command.SendMessage("other", "again"))).Status));
        IReadOnlyList<string> states;
        using var limit = new CancellationTokenSource(Limits.Timeout);
        do
        {
            limit.Token.ThrowIfCancellationRequested();
            states = States((await server.GetAsync("/v1/sessions/work")).GetProperty("view"));
        }
        while (states.Any(state => state is "pending" or "executing" or "backoff"));

        Assert.Equal(["completed", "timed_out"], states.Order());
    }

    private static IReadOnlyList<string> States(JsonElement view) =>
        [.. view.GetProperty("executions").EnumerateObject().Select(e => e.Value.GetProperty("state").GetString()!)];
}
