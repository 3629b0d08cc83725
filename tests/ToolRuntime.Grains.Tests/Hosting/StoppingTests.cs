using System.Text.Json;
using Microsoft.Extensions.AI;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Hosting;

/// <summary>A silo that stops: what runs ends, nothing begins, and what was kept from beginning goes on after the restart.</summary>
public sealed class StoppingTests
{
    [Fact]
    public async Task Stopping_ExecutionUnderWay_EndsAndTheNextBeginsAfterTheRestart()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var run = await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject), new("again", JsonText.EmptyObject)], MaxParallel: 1));
        var (first, second) = (run.GetProperty("executionIds")[0].GetString()!, run.GetProperty("executionIds")[1].GetString()!);
        await watch.NextAsync<ToolStarted>();

        var drained = cluster.Work.DrainAsync(Waits.Long, CancellationToken.None);
        Assert.False(drained.IsCompleted);
        cluster.Tool("plain").End(first, ToolResult.Success(JsonText.EmptyObject, "Done."));
        await watch.NextAsync<ToolCompleted>();
        await drained.WaitAsync(Waits.Long);

        Assert.Equal("pending", await StateAsync(cluster, second));
        await cluster.RestartAsync();
        await cluster.Journal().RecoverAsync();
        await cluster.UntilAsync(() => Task.FromResult(cluster.Runs(second)));
        cluster.Tool("again").End(second, ToolResult.Success(JsonText.EmptyObject, "Done."));
        await cluster.UntilAsync(async () => await StateAsync(cluster, second) == "completed");
    }

    [Fact]
    public async Task Stopping_ExecutionThatWaitsForItsNextAttempt_WaitsUntilAfterTheRestart()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var watch = await cluster.WatchAsync();
        var run = await cluster.DoAsync(new RunTools([new("again", JsonText.EmptyObject)]));
        var execution = run.GetProperty("executionIds")[0].GetString()!;
        await watch.NextAsync<ToolStarted>();
        cluster.Tool("again").End(execution, ToolResult.Failure(new("temporary", "Later.", Retryable: true)));
        await watch.NextAsync<ToolRetried>();

        await cluster.Work.DrainAsync(Waits.Long, CancellationToken.None).WaitAsync(Waits.Long);
        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("backoff", await StateAsync(cluster, execution));
    }

    [Fact]
    public async Task Stopping_SuspendedExecution_IsNotWaitedFor()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var run = await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)]));
        await watch.NextAsync<ToolStarted>();
        await cluster.DoAsync(new PauseBatch(run.GetProperty("batchId").GetString()!));

        await cluster.Work.DrainAsync(TimeSpan.FromHours(1), CancellationToken.None).WaitAsync(Waits.Long);
    }

    [Fact]
    public async Task Stopping_AnswerUnderWay_EndsNormally()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var goOn = new TaskCompletionSource();
        cluster.Models.Script((_, _, _) => Halves(goOn.Task));
        await cluster.DoAsync(new SendMessage("hello"));
        await watch.NextAsync<MessageDelta>();

        var drained = cluster.Work.DrainAsync(Waits.Long, CancellationToken.None);
        Assert.False(drained.IsCompleted);
        goOn.SetResult();

        Assert.Equal("one two", (await watch.NextAsync<MessageCompleted>()).Text);
        await drained.WaitAsync(Waits.Long);
    }

    [Fact]
    public async Task Stopping_RoundThatIsDue_IsAskedForAfterTheRestart()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, _) => asked == 0 ? FakeModels.Calls(("c1", "plain", [])) : FakeModels.Says("Done."));
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new SendMessage("hello"));
        var execution = (await watch.NextAsync<ToolStarted>()).ExecutionId!;

        var drained = cluster.Work.DrainAsync(Waits.Long, CancellationToken.None);
        cluster.Tool("plain").End(execution, ToolResult.Success(JsonText.EmptyObject, "Done."));
        await watch.NextAsync<BatchCompleted>();
        await drained.WaitAsync(Waits.Long);
        Assert.Single(cluster.Models.Prompts);

        await cluster.RestartAsync();
        await cluster.Journal().RecoverAsync();
        await cluster.UntilAsync(async () => await ReplyStateAsync(cluster) == "completed");
        Assert.Equal(2, cluster.Models.Prompts.Count);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Halves(Task goOn)
    {
        yield return new(ChatRole.Assistant, "one ");
        await goOn;
        yield return new(ChatRole.Assistant, "two");
    }

    private static async Task<string?> StateAsync(SessionCluster cluster, string execution) =>
        (await cluster.Session().GetExecutionAsync(execution, SessionCluster.Alice)).Value.ToElement().GetProperty("state").GetString();

    private static async Task<string?> ReplyStateAsync(SessionCluster cluster)
    {
        using var view = JsonDocument.Parse((await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!.View);
        return view.RootElement.GetProperty("messages")[1].GetProperty("state").GetString();
    }
}
