using Microsoft.Extensions.AI;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Placement;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Placement;

/// <summary>Where a session and its children are, in clusters of several silos.</summary>
public sealed class SessionPlacementTests
{
    private const int Sessions = 300;
    private static readonly string[] Classes = ["message", "session", "tool-batch", "tool-execution"];
    private static readonly Dictionary<string, object?> NoArguments = [];

    [Fact]
    public async Task Run_ManySessions_AllGrainsOfEachAreTogetherAlsoAfterAJoin()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: 2);
        cluster.Models.Script((_, _, _) => FakeModels.Calls(("c1", "plain", NoArguments), ("c2", "plain", NoArguments)));
        await SendAsync(cluster);
        var before = await TogetherAsync(cluster);
        Assert.Equal(2, before.Values.Distinct().Count());

        await cluster.StartSiloAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, Sessions), async (i, _) =>
            await cluster.DoAsync(new RunTools([new("again", JsonText.EmptyObject)]), session: $"s{i}"));

        var after = await TogetherAsync(cluster, executions: 3);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task Join_IdleSessions_MoveByThemselvesAndNoMoreThanTheirShare()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: 2);
        await ConfigureAsync(cluster);
        var before = await PlacesAsync(cluster);

        var joined = await cluster.StartSiloAsync();
        await cluster.UntilAsync(() => AreAtHomeAsync(cluster));
        await ConfigureAsync(cluster);

        var after = await PlacesAsync(cluster);
        var moved = before.Keys.Where(session => !before[session].Equals(after[session])).ToArray();
        Assert.All(moved, session => Assert.Equal(joined, after[session]));
        Assert.InRange(moved.Length, Sessions / 3 / 2, Sessions / 2);
    }

    [Fact]
    public async Task Leave_OfASilo_MovesOnlyWhatItHad()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: 3);
        await ConfigureAsync(cluster);
        var before = await PlacesAsync(cluster);

        var left = await cluster.StopLastSiloAsync();
        await ConfigureAsync(cluster);

        var after = await PlacesAsync(cluster);
        foreach (var (session, place) in before)
        {
            if (place.Equals(left)) Assert.Equal(Owner(cluster, session), after[session]);
            else Assert.Equal(place, after[session]);
        }
    }

    [Fact]
    public async Task Join_SessionWithOpenWork_MovesOnceItIsIdle()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: 2);
        var ids = new Dictionary<string, string>();
        for (var i = 0; i < 20; i++)
        {
            var run = await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)]), session: $"s{i}");
            ids[$"s{i}"] = run.GetProperty("executionIds")[0].GetString()!;
        }

        foreach (var (session, id) in ids) await cluster.UntilAsync(() => Task.FromResult(cluster.SilosAtWork([id], session).Length == 1));
        var before = await PlacesAsync(cluster);
        await cluster.StartSiloAsync();
        Assert.Equal(before, await PlacesAsync(cluster));
        Assert.Contains(before, place => !Owner(cluster, place.Key).Equals(place.Value));

        foreach (var id in ids.Values) cluster.Tool("plain").End(id, ToolResult.Success(JsonText.EmptyObject, "Done."));

        await cluster.UntilAsync(() => AreAtHomeAsync(cluster));
    }

    /// <summary>Whether each session is where it belongs, and nowhere else: silos are asked one after the other, so that one that moves may be seen twice.</summary>
    private static async Task<bool> AreAtHomeAsync(SessionCluster cluster) =>
        (await cluster.ActivationsAsync("session")).All(activation => Owner(cluster, activation.Key).Equals(activation.Silo));

    private static SiloAddress Owner(SessionCluster cluster, string session) => SessionPlaces.Owner(SessionKey.Parse(session), cluster.Silos);

    private static Task SendAsync(SessionCluster cluster) =>
        Parallel.ForEachAsync(Enumerable.Range(0, Sessions), async (i, _) => await cluster.DoAsync(new SendMessage("go"), session: $"s{i}"));

    private static Task ConfigureAsync(SessionCluster cluster) => Parallel.ForEachAsync(
        Enumerable.Range(0, Sessions), async (i, _) => await cluster.DoAsync(new ConfigureSession(new("""{"a":1}""")), session: $"s{i}"));

    /// <summary>The silo of each session.</summary>
    private static async Task<Dictionary<string, SiloAddress>> PlacesAsync(SessionCluster cluster) =>
        (await cluster.ActivationsAsync("session")).ToDictionary(activation => activation.Key, activation => activation.Silo);

    /// <summary>The one silo of all grains of each session, once they are there.</summary>
    private static async Task<Dictionary<string, SiloAddress>> TogetherAsync(SessionCluster cluster, int executions = 2)
    {
        await cluster.UntilAsync(async () => (await cluster.ActivationsAsync("tool-execution")).Count == executions * Sessions);
        var all = await cluster.ActivationsAsync(Classes);
        var sessions = all.GroupBy(activation => SessionKey.Parse(activation.Key).ToString()).ToArray();
        Assert.Equal(Sessions, sessions.Length);
        Assert.All(sessions, session => Assert.Equal(Classes, session.Select(activation => activation.Class).Distinct().Order()));
        return sessions.ToDictionary(session => session.Key, session => Assert.Single(session.Select(activation => activation.Silo).Distinct()));
    }
}
