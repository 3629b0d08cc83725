using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Events;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Grains.Tests.Contracts;

/// <summary>The server's fold and view, held to the cases that the client's are.</summary>
public sealed class FoldFixtureTests
{
    public static TheoryData<string> Cases => [.. Fixtures.Names("fold")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fold_OfTheEvents_GivesTheView(string name)
    {
        var fixture = Fixtures.Read("fold", name);

        Fixtures.AssertSame(fixture["view"], View(Fold(fixture), (string?)fixture["view"]!["owner"]));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fold_OfASnapshotOfIt_GivesTheView(string name)
    {
        var fixture = Fixtures.Read("fold", name);
        var restored = JsonSerializer.Deserialize(SessionReplay.Save(Fold(fixture)), StateJsonContext.Default.SessionState)!;

        Fixtures.AssertSame(fixture["view"], View(restored, (string?)fixture["view"]!["owner"]));
    }

    /// <summary>A case that begins with a view goes on where another one ends.</summary>
    private static SessionState Fold(JsonNode fixture)
    {
        var state = fixture["before"] is { } before && !IsEmpty(before) ? Fold(EndsWith(before)) : new();
        foreach (var node in fixture["events"]!.AsArray())
        {
            if (!EventTypes.All.Contains((string?)node!["type"])) continue;
            var happened = node.Deserialize(WireJsonContext.Default.SessionEvent)!;
            var note = happened is BatchStarted started ? new EntryNote { Plans = [.. started.Tools.Select(_ => new ExecutionPlan(60_000, false, false, false))] } : null;
            state = SessionFold.Apply(state, happened, note);
        }

        return state;
    }

    private static JsonNode EndsWith(JsonNode view) => Fixtures.Names("fold").Select(n => Fixtures.Read("fold", n)).Single(f => JsonNode.DeepEquals(f["view"], view));

    private static bool IsEmpty(JsonNode view) => view["messages"]!.AsArray().Count == 0 && view["batches"]!.AsObject().Count == 0;

    private static JsonObject View(SessionState state, string? owner)
    {
        var view = JsonNode.Parse(SessionViews.Encode(state, owner ?? "nobody").Span)!.AsObject();
        if (owner is null) view.Remove("owner");
        return view;
    }
}
