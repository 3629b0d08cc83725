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

    private static string[] Types(SessionCluster cluster) => [.. cluster.Log.Entries(SessionCluster.Key("s1")).Select(e => e.Event.Type)];
}
