using Microsoft.Extensions.AI;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Placement;

/// <summary>A silo that dies, or stops, while it has sessions with open work. Heartbeats would take longer than these tests wait, and reminders a minute.</summary>
public sealed class DeathTests
{
    /// <summary>More are begun while none is on the last silo: where each goes is chance.</summary>
    private const int Sessions = 12;

    [Fact]
    public async Task Death_RunningAttempts_AreLostAtOnceAndGoOnElsewhere()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: 3);
        var (left, watches) = await RunAsync(cluster, "again");

        var dead = await cluster.KillLastSiloAsync();

        foreach (var session in left)
        {
            var retried = await watches[session].NextAsync<ToolRetried>();
            Assert.Equal("runner_lost", retried.Error.Code);
            var again = await watches[session].NextAsync<ToolStarted>();
            Assert.Equal(2, again.Attempt);
            cluster.Tool("again").End(again.ExecutionId!, ToolResult.Success(JsonText.EmptyObject, "Done."));
            await watches[session].NextAsync<BatchCompleted>();
        }

        Assert.DoesNotContain(dead, cluster.Silos);
        foreach (var session in watches.Keys.Except(left))
        {
            cluster.Tool("again").End(watches[session].Executions[0], ToolResult.Success(JsonText.EmptyObject, "Done."));
            Assert.Equal(1, (await watches[session].NextAsync<ToolCompleted>()).Attempt);
        }
    }

    [Fact]
    public async Task Death_AttemptThatIsNotIdempotent_FailsAtOnce()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: 3);
        var (left, watches) = await RunAsync(cluster, "plain");

        await cluster.KillLastSiloAsync();

        foreach (var session in left) Assert.Equal("runner_lost", (await watches[session].NextAsync<ToolFailed>()).Error.Code);
    }

    [Fact]
    public async Task Death_AttemptWithProcesses_GoesOnOnceTheirLeaseIsOver()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: 3);
        var (left, watches) = await RunAsync(cluster, "forks-again");

        await cluster.KillLastSiloAsync();

        foreach (var session in left)
        {
            var retried = await watches[session].NextAsync<ToolRetried>();
            var again = await watches[session].NextAsync<ToolStarted>();
            Assert.InRange(retried.DelayMs, 1, 1_500);
            Assert.True(again.At - retried.At >= TimeSpan.FromMilliseconds(retried.DelayMs - 50), "It began before the lease was over."); // Timers and clocks differ a little.
        }
    }

    [Fact]
    public async Task Death_AnswerUnderWay_IsAskedForAgain()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: 3);
        var goOn = new TaskCompletionSource();
        var dies = false;
        cluster.Models.Script((_, _, _) => Volatile.Read(ref dies) ? FakeModels.Says("whole") : Halves(goOn.Task));
        var watches = new Dictionary<string, EventsWatch>();
        var left = await BeginAsync(cluster, async session =>
        {
            watches[session] = await cluster.WatchAsync(session);
            await cluster.DoAsync(new SendMessage("go"), session: session);
            await watches[session].NextAsync<MessageDelta>();
        });
        Volatile.Write(ref dies, true);
        await cluster.KillLastSiloAsync();

        foreach (var session in left) Assert.Equal("whole", (await watches[session].NextAsync<MessageCompleted>()).Text);
        goOn.SetResult();
    }

    [Fact]
    public async Task Stop_RunningAttempts_MayEndAndWhatHasNotBegunBeginsElsewhere()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: 3, graceSeconds: 60);
        var (left, watches) = await RunAsync(cluster, "plain", "again");

        var stopped = cluster.StopLastSiloAsync();

        // One at a time: the second begins on another silo while the first one's still stops.
        foreach (var session in left)
        {
            cluster.Tool("plain").End(watches[session].Executions[0], ToolResult.Success(JsonText.EmptyObject, "Done."));
            Assert.Equal(watches[session].Executions[0], (await watches[session].NextAsync<ToolCompleted>()).ExecutionId);
            Assert.Equal(1, (await watches[session].NextAsync<ToolStarted>()).Attempt);
            cluster.Tool("again").End(watches[session].Executions[1], ToolResult.Success(JsonText.EmptyObject, "Done."));
            await watches[session].NextAsync<BatchCompleted>();
        }

        await stopped;

        // The other silos would wait for theirs, too.
        foreach (var session in watches.Keys.Except(left))
        {
            cluster.Tool("plain").End(watches[session].Executions[0], ToolResult.Success(JsonText.EmptyObject, "Done."));
            cluster.Tool("again").End(watches[session].Executions[1], ToolResult.Success(JsonText.EmptyObject, "Done."));
            await watches[session].NextAsync<BatchCompleted>();
        }
    }

    [Fact]
    public async Task Stop_GraceOver_TheNextAttemptIsElsewhere()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: 3);
        var (left, watches) = await RunAsync(cluster, "again");

        await cluster.StopLastSiloAsync();

        foreach (var session in left)
        {
            Assert.Equal(2, (await watches[session].NextAsync<ToolStarted>()).Attempt);
            cluster.Tool("again").End(watches[session].Executions[0], ToolResult.Success(JsonText.EmptyObject, "Done."));
            await watches[session].NextAsync<BatchCompleted>();
        }
    }

    /// <summary>Runs tools one after the other in each session; the sessions on the last silo, and what all publish.</summary>
    private static async Task<(string[] OfLast, Dictionary<string, EventsWatch> Watches)> RunAsync(SessionCluster cluster, params string[] tools)
    {
        var watches = new Dictionary<string, EventsWatch>();
        var left = await BeginAsync(cluster, async session =>
        {
            var watch = watches[session] = await cluster.WatchAsync(session);
            await cluster.DoAsync(new RunTools([.. tools.Select(tool => new ToolInvocation(tool, JsonText.EmptyObject))], MaxParallel: 1), session: session);
            watch.Executions = [.. (await watch.NextAsync<BatchStarted>()).Tools.Select(tool => tool.ExecutionId)];
            await watch.NextAsync<ToolStarted>();
            await cluster.UntilAsync(() => Task.FromResult(cluster.SilosAtWork(watch.Executions, session).Length == 1));
        });
        return (left, watches);
    }

    /// <summary>Begins sessions until some are on the last silo: those.</summary>
    private static async Task<string[]> BeginAsync(SessionCluster cluster, Func<string, Task> begin)
    {
        string[] left = [];
        for (var i = 0; i < Sessions || left.Length == 0; i++)
        {
            await begin($"s{i}");
            if (i >= Sessions - 1) left = await OfLastSiloAsync(cluster);
            Assert.True(i < 10 * Sessions, "The last silo gets no session.");
        }

        return left;
    }

    private static async Task<string[]> OfLastSiloAsync(SessionCluster cluster) =>
    [
        .. from activation in await cluster.ActivationsAsync("session")
           where activation.Silo.Equals(cluster.Silos[^1])
           select SessionKey.Parse(activation.Key).Session,
    ];

    private static async IAsyncEnumerable<ChatResponseUpdate> Halves(Task goOn)
    {
        yield return new(ChatRole.Assistant, "half ");
        await goOn;
        yield return new(ChatRole.Assistant, "an answer");
    }
}
