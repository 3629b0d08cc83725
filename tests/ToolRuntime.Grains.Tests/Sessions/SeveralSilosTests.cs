using Microsoft.Extensions.AI;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary>Sessions spread over silos: commands come from another silo than the session's, events go to a client of its own.</summary>
public sealed class SeveralSilosTests
{
    private const short Silos = 3;
    private static readonly Dictionary<string, object?> NoArguments = [];

    [Fact]
    public async Task Run_ManySessions_ToolsRunOnSeveralSilosAndTheirEventsComeOnceAndInOrder()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: Silos);
        var places = new HashSet<int>();
        for (var i = 0; i < 20; i++)
        {
            var session = $"s{i}";
            var watch = await cluster.WatchAsync(session);
            await cluster.DoAsync(new RunTools([.. Enumerable.Repeat(new ToolInvocation("plain", JsonText.EmptyObject), 4)]), session: session);
            var ids = (await watch.NextAsync<BatchStarted>()).Tools.Select(tool => tool.ExecutionId).ToArray();
            foreach (var id in ids) await cluster.UntilAsync(() => Task.FromResult(cluster.SilosAtWork([id], session).Length == 1));
            places.UnionWith(cluster.SilosAtWork(ids, session));
            foreach (var id in ids) cluster.Tool("plain").End(id, ToolResult.Success(JsonText.EmptyObject, "done"));

            var seen = await watch.UntilAsync(e => e is BatchCompleted);
            Assert.Equal(ids.Order(), seen.OfType<ToolCompleted>().Select(e => e.ExecutionId).Order());
        }

        Assert.InRange(places.Count, 2, Silos);
    }

    [Fact]
    public async Task Send_ModelCallsTools_ResultsComeBackInCallOrder()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: Silos);
        cluster.Models.Script((_, asked, _) => asked == 0
            ? FakeModels.Calls([.. Enumerable.Range(0, 8).Select(i => ($"c{i}", "plain", NoArguments))])
            : FakeModels.Says("All done."));
        var watch = await cluster.WatchAsync();

        await cluster.DoAsync(new SendMessage("go"));
        var tools = (await watch.NextAsync<BatchStarted>()).Tools;
        for (var i = 0; i < tools.Length; i++) await watch.NextAsync<ToolStarted>();
        foreach (var tool in tools.Reverse()) cluster.Tool("plain").End(tool.ExecutionId, ToolResult.Success(JsonText.EmptyObject, "done"));

        Assert.Equal("All done.", (await watch.NextAsync<MessageCompleted>()).Text);
        Assert.Equal(
            Enumerable.Range(0, 8).Select(i => $"c{i}"),
            cluster.Models.Prompts[1].SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(result => result.CallId));
    }

    [Fact]
    public async Task Cancel_BatchOfASessionSomewhere_EndsAllOfIt()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: Silos);
        var watch = await cluster.WatchAsync();
        var batch = (await cluster.DoAsync(new RunTools([.. Enumerable.Repeat(new ToolInvocation("plain", JsonText.EmptyObject), 12)]))).GetProperty("batchId").GetString()!;
        var ids = (await watch.NextAsync<BatchStarted>()).Tools.Select(tool => tool.ExecutionId).ToArray();
        foreach (var id in ids) await cluster.UntilAsync(() => Task.FromResult(cluster.SilosAtWork([id]).Length == 1));

        await cluster.DoAsync(new CancelBatch(batch));

        Assert.Equal(ids.Length, (await watch.UntilAsync(e => e is BatchCancelled)).OfType<ToolCancelled>().Count());
        await cluster.UntilAsync(() => Task.FromResult(cluster.SilosAtWork(ids).Length == 0));
    }

    [Fact]
    public async Task Stop_OfASilo_SessionsGoOnOnTheOthers()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: Silos);
        for (var i = 0; i < 20; i++) await cluster.DoAsync(new ConfigureSession(new("""{"a":1}""")), session: $"s{i}");

        await cluster.StopLastSiloAsync();

        for (var i = 0; i < 20; i++) Assert.Equal(2, (await cluster.DoAsync(new ConfigureSession(new("""{"a":2}""")), session: $"s{i}")).GetProperty("seq").GetInt64());
    }
}
