using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.SessionLog;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.ToolExecutions;

public sealed class ToolExecutionGrainTests
{
    [Fact]
    public async Task Start_AnswerIsLost_RunsTheAttemptAllTheSame()
    {
        await using var cluster = await SessionCluster.StartAsync();
        await cluster.DoAsync(new ConfigureSession(JsonText.EmptyObject));
        cluster.Log.AfterAppend = () =>
        {
            if (!Types(cluster).Contains("tool.started")) return Task.CompletedTask;
            cluster.Log.AfterAppend = null;
            throw new SessionLogUnavailableException("No answer.");
        };

        var run = await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)]));
        await cluster.UntilAsync(() => Task.FromResult(cluster.Log.AfterAppend is null));
        var watch = await cluster.WatchAsync();
        cluster.Tool("plain").End(run.GetProperty("executionIds")[0].GetString()!, ToolResult.Success(JsonText.EmptyObject, "Done."));

        Assert.Equal(1, (await watch.NextAsync<BatchCompleted>()).Successful);
        Assert.Equal(["batch.started", "tool.started", "tool.completed"], Types(cluster).Where(t => t is "batch.started" || t.StartsWith("tool.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Start_Tool_KnowsItsBatch()
    {
        await using var cluster = await SessionCluster.StartAsync();
        await cluster.DoAsync(new ConfigureSession(JsonText.EmptyObject));
        var watch = await cluster.WatchAsync();
        var run = await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject), new("plain", JsonText.EmptyObject)]));
        var executions = run.GetProperty("executionIds").EnumerateArray().Select(id => id.GetString()!).ToArray();
        foreach (var id in executions) cluster.Tool("plain").End(id, Done);

        await watch.NextAsync<BatchCompleted>();

        Assert.All(executions, id => Assert.Equal(run.GetProperty("batchId").GetString(), cluster.Tool("plain").Batches[id]));
    }

    [Fact]
    public async Task Start_BeyondTheToolsCap_IsPendingUntilAnotherEnds()
    {
        await using var cluster = await SessionCluster.StartAsync(plain: policy => policy.MaxConcurrent = 1);
        await cluster.DoAsync(new ConfigureSession(JsonText.EmptyObject));
        var watch = await cluster.WatchAsync();
        var first = await RunAsync(cluster);
        await watch.NextAsync<ToolStarted>();

        var second = await RunAsync(cluster);
        // Another tool is not concerned, and its start shows that the second had its chance.
        await RunAsync(cluster, "again");
        Assert.Equal("again", (await watch.NextAsync<ToolStarted>()).Name);
        Assert.Equal("pending", await StateAsync(cluster, second));
        cluster.Tool("plain").End(first, Done);

        Assert.Equal(second, (await watch.NextAsync<ToolStarted>()).ExecutionId);
    }

    [Fact]
    public async Task Cancel_WhileItWaitsForASlot_TheNextOneGetsIt()
    {
        await using var cluster = await SessionCluster.StartAsync(plain: policy => policy.MaxConcurrent = 1);
        await cluster.DoAsync(new ConfigureSession(JsonText.EmptyObject));
        var watch = await cluster.WatchAsync();
        var first = await RunAsync(cluster);
        await watch.NextAsync<ToolStarted>();
        var second = await RunAsync(cluster);
        var third = await RunAsync(cluster);

        await cluster.DoAsync(new CancelTool(second));
        cluster.Tool("plain").End(first, Done);

        Assert.Equal(third, (await watch.NextAsync<ToolStarted>()).ExecutionId);
        Assert.Equal("cancelled", await StateAsync(cluster, second));
    }

    [Fact]
    public async Task Start_ResultIsCached_StartsAndCompletesAndSaysSo()
    {
        await using var cluster = await SessionCluster.StartAsync();
        await cluster.DoAsync(new ConfigureSession(JsonText.EmptyObject));
        var watch = await cluster.WatchAsync();
        cluster.Tool("kept").End(await RunAsync(cluster, "kept"), Done);
        var first = await watch.NextAsync<ToolCompleted>();

        var again = await RunAsync(cluster, "kept");

        var completed = await watch.NextAsync<ToolCompleted>();
        Assert.Null(first.Metrics.Cached);
        Assert.Equal((again, true, first.Result), (completed.ExecutionId, completed.Metrics.Cached, completed.Result));
        Assert.InRange(completed.Metrics.AgeMs!.Value, 0, (long)Waits.Long.TotalMilliseconds);
        Assert.Equal(2, Types(cluster).Count(type => type == "tool.started"));
    }

    private static ToolResult Done { get; } = ToolResult.Success(new("""{"n":1}"""), "Done.");

    private static async Task<string> RunAsync(SessionCluster cluster, string tool = "plain") =>
        (await cluster.DoAsync(new RunTools([new(tool, JsonText.EmptyObject)]))).GetProperty("executionIds")[0].GetString()!;

    private static async Task<string?> StateAsync(SessionCluster cluster, string execution) =>
        (await cluster.Session().GetExecutionAsync(execution, SessionCluster.Alice)).Value.ToElement().GetProperty("state").GetString();

    private static string[] Types(SessionCluster cluster) => [.. cluster.Log.Entries(SessionCluster.Key("s1")).Select(e => e.Event.Type)];
}
