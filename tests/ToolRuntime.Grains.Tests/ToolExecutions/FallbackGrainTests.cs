using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.ToolExecutions;

/// <summary>The tool <c>weak</c> falls back on <c>strict</c>, whose arguments these are not, then <c>again</c>, then <c>asks</c>.</summary>
public sealed class FallbackGrainTests
{
    private static readonly ToolResult Open = ToolResult.Failure(new(ToolErrorCodes.CircuitOpen, "Too many failed.", Retryable: true));

    [Fact]
    public async Task Fail_WithFallback_TheOtherToolRuns()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var (watch, id) = await FallBackAsync(cluster);

        cluster.Tool("again").End(id, ToolResult.Success(JsonText.EmptyObject, "Done."));

        Assert.Equal("Done.", (await watch.NextAsync<ToolCompleted>()).Summary);
        var seen = (await cluster.Session().GetExecutionAsync(id, SessionCluster.Alice)).Value.ToElement();
        Assert.Equal(("weak", "again"), (seen.GetProperty("name").GetString(), seen.GetProperty("tool").GetString()));
    }

    [Fact]
    public async Task Restart_WhileTheFallbackRuns_GoesOnWithIt()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var (_, id) = await FallBackAsync(cluster);

        await cluster.RestartAsync();
        var watch = await cluster.WatchAsync();
        await cluster.Journal().RecoverAsync();
        await cluster.UntilAsync(() => Task.FromResult(Starts(cluster) == 3));
        cluster.Tool("again").End(id, ToolResult.Success(JsonText.EmptyObject, "Done."));

        Assert.Equal(3, (await watch.NextAsync<ToolCompleted>()).Attempt);
        var seen = (await cluster.Session().GetExecutionAsync(id, SessionCluster.Alice)).Value.ToElement();
        Assert.Equal("again", seen.GetProperty("tool").GetString());
    }

    [Fact]
    public async Task Fail_FallbackNeedsApproval_WaitsForAPerson()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var (watch, id) = await FallBackAsync(cluster);

        cluster.Tool("again").End(id, Open);
        Assert.Equal("asks", (await watch.NextAsync<ToolApprovalRequired>()).Name);
        await cluster.DoAsync(new ApproveTool(id));
        Assert.Equal("asks", (await watch.NextAsync<ToolStarted>()).Tool);
        cluster.Tool("asks").End(id, ToolResult.Success(JsonText.EmptyObject, "Done."));

        Assert.Equal(1, (await watch.NextAsync<BatchCompleted>()).Successful);
    }

    private static async Task<(EventsWatch Watch, string Execution)> FallBackAsync(SessionCluster cluster)
    {
        await cluster.DoAsync(new ConfigureSession(JsonText.EmptyObject));
        var watch = await cluster.WatchAsync();
        var id = (await cluster.DoAsync(new RunTools([new("weak", JsonText.EmptyObject)]))).GetProperty("executionIds")[0].GetString()!;
        Assert.Equal("weak", (await watch.NextAsync<ToolStarted>()).Tool);
        cluster.Tool("weak").End(id, Open);
        var retried = await watch.NextAsync<ToolRetried>();
        Assert.Equal(("again", 0), (retried.Tool, retried.DelayMs));
        Assert.Contains("'strict' was not tried: arguments", retried.Error.Message, StringComparison.Ordinal);
        Assert.Equal("again", (await watch.NextAsync<ToolStarted>()).Tool);
        return (watch, id);
    }

    private static int Starts(SessionCluster cluster) => cluster.Log.Entries(SessionCluster.Key("s1")).Count(e => e.Event.Type == "tool.started");
}
