using System.Text;
using System.Text.Json.Nodes;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Messages;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Grains.Tests.Sessions;

public sealed class BoundedViewTests
{
    private static readonly string[] BothValues = ["arguments", "result"];

    private readonly SessionRig session = new();

    [Fact]
    public void Encode_SixHundredLargeResults_StaysWithinAMegabyteAndCostsAFewTimesThat()
    {
        var content = new string('x', 260_000);
        for (var i = 0; i < 6; i++) Finish(session.Run(100, maxParallel: 100), index => Result($"{i}-{index}{content}"));
        View(out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var view = View(out var bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(bytes.Length, 500_000, 1 << 20);
        Assert.InRange(allocated, 0, 24 << 20);
        Assert.Equal(600, view["executions"]!.AsObject().Count);
        Assert.Null(view["leftOut"]);
        Assert.All(view["executions"]!.AsObject(), e => Assert.Equal("result", (string?)Assert.Single(e.Value!["shortened"]!.AsArray())));
        Assert.All(view["executions"]!.AsObject(), e => Assert.EndsWith("…", (string?)e.Value!["result"]!["content"], StringComparison.Ordinal));
    }

    [Fact]
    public void Encode_FortyTwoBatchesOfAThousand_KeepsTheNewestAndCountsTheRest()
    {
        var batches = Enumerable.Range(0, 42).Select(i =>
        {
            session.Time.Advance(TimeSpan.FromSeconds(1));
            return session.Run(1_000);
        }).ToArray();
        foreach (var batch in batches[..41]) session.Do(new CancelBatch(batch));

        var view = View(out var bytes);

        Assert.InRange(bytes.Length, 500_000, 1 << 20);
        Assert.Equal(42, view["batches"]!.AsObject().Count);
        var there = view["executions"]!.AsObject().Count;
        Assert.InRange(there, 1_000, 5_000);
        Assert.Equal(42_000 - there, (int?)view["leftOut"]!["executions"]);
        Assert.Null(view["leftOut"]!["messages"]);
        var newest = view["batches"]![batches[41]]!;
        Assert.Equal(session.Batch(batches[41]).Executions, newest["executions"]!.AsArray().Select(id => (string)id!));
        Assert.Null(newest["leftOut"]);
        var oldest = view["batches"]![batches[0]]!;
        Assert.Equal((1_000, 1_000, 0), ((int?)oldest["leftOut"], (int?)oldest["failed"], oldest["executions"]!.AsArray().Count));
        AssertConsistent(view);
    }

    [Fact]
    public void Encode_ABatchOfAThousandWithLargeArguments_HoldsAllOfThem()
    {
        var arguments = JsonText.Object(writer => writer.WriteString("text", new string('é', 3_000)));
        session.Do(new RunTools([.. Enumerable.Range(0, 1_000).Select(_ => new ToolInvocation("plain", arguments))]));

        var view = View(out var bytes);

        Assert.InRange(bytes.Length, 500_000, 1 << 20);
        Assert.Equal(1_000, view["executions"]!.AsObject().Count);
        Assert.All(view["executions"]!.AsObject(), e => Assert.Equal("arguments", (string?)Assert.Single(e.Value!["shortened"]!.AsArray())));
    }

    [Fact]
    public void Encode_OldCallsBeforeARunningOne_KeepWhatRunsWithItsOutput()
    {
        var running = session.Run();
        session.StartAll(running);
        var id = session.Execution(running, 0).Id;
        session.Report(id, new ExecutionOutput(1, OutputStream.Stdout, 0, Encoding.UTF8.GetBytes("still here\n"), 0));
        for (var i = 0; i < 5; i++) session.Do(new CancelBatch(session.Run(1_000)));

        var view = View(out var bytes);

        Assert.InRange(bytes.Length, 500_000, 1 << 20);
        Assert.NotNull(view["executions"]![id]);
        Assert.Equal("executing", (string?)view["executions"]![id]!["state"]);
        AssertConsistent(view);
    }

    [Fact]
    public void Encode_LongMessages_KeepTheNewestAndTheEndsOfWhatIsTooLong()
    {
        for (var i = 0; i < 20; i++) Reply($"{i}: {new string('a', 100_000)}");
        Reply(new string('b', 3_000_000) + "the end");
        var open = session.Send("open");
        session.Report(open, new ReplyDelta(1, 1, 0, new string('€', 400_000)));

        var view = View(out var bytes);

        Assert.InRange(bytes.Length, 500_000, 1 << 20);
        var messages = view["messages"]!.AsArray();
        Assert.Equal(session.State.Messages.Count - messages.Count, (int?)view["leftOut"]!["messages"]);
        Assert.Equal(open, (string?)messages[^1]!["id"]);
        Assert.Equal(session.State.MessageOrder.TakeLast(messages.Count), messages.Select(m => (string)m!["id"]!));
        var text = (string)messages[^1]!["text"]!;
        Assert.Equal(1_200_000 - Encoding.UTF8.GetByteCount(text), (int?)messages[^1]!["textOffset"]);
        Assert.Equal(0, (int?)messages[^1]!["roundOffset"]);
        Assert.EndsWith("the end", (string?)messages[^3]!["text"], StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_ManyThoughts_LeavesThemOutOfWhatHasEndedFirst()
    {
        foreach (var thought in Enumerable.Range(0, 40).Select(_ => new string('t', 60_000)))
        {
            var reply = session.Send("think");
            session.Report(reply, new ReplyReasoning(1, 1, 0, thought));
            session.Report(reply, new ReplyDelta(1, 1, 0, "done"));
            session.Report(reply, new ReplyFinished(1, 1, "stop", null));
        }

        var open = session.Send("think");
        session.Report(open, new ReplyReasoning(1, 1, 0, "still thinking"));

        var view = View(out var bytes);

        Assert.InRange(bytes.Length, 1, 100_000);
        Assert.Equal((82, null), (view["messages"]!.AsArray().Count, view["leftOut"]));
        Assert.Equal("still thinking", (string?)Assert.Single(view["messages"]!.AsArray(), m => m!["reasoning"] is not null)!["reasoning"]);
    }

    [Fact]
    public void Encode_ManyLongErrorsAndSummaries_StaysWithinAMegabyte()
    {
        var batch = session.Run(500, maxParallel: 500);
        session.StartAll(batch);
        foreach (var id in session.Batch(batch).Executions)
        {
            session.Report(id, new ExecutionProgress(1, new string('s', 3_000), null, new string('m', 3_000), Result(new string('d', 9_000))));
            session.Report(id, new ExecutionEnded(1, new("broken", new string('\n', 20_000)), JsonText.EmptyObject, "", ToolMetrics.None, null, 0.5));
        }

        var view = View(out var bytes);

        Assert.InRange(bytes.Length, 200_000, 1 << 20);
        Assert.Equal(500, view["executions"]!.AsObject().Count);
    }

    [Fact]
    public void Of_AValueOfAnyShape_StaysWithinItsRoomAndKeepsWhatIsSmall()
    {
        var value = JsonText.Object(writer =>
        {
            writer.WriteString("content", string.Concat(Enumerable.Repeat("a\"é€😀", 5_000)));
            writer.WriteString("path", "src/a.cs");
            writer.WriteStartArray("lines");
            for (var i = 0; i < 5_000; i++) writer.WriteNumberValue(i);
            writer.WriteEndArray();
            writer.WriteBoolean("truncated", true);
        });

        var shown = ShortJson.Of(value);

        var node = JsonNode.Parse(shown.Json)!;
        Assert.Equal(("src/a.cs", true), ((string?)node["path"], (bool?)node["truncated"]));
        Assert.EndsWith("…", (string?)node["content"], StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, node["lines"]!.AsArray().Count), node["lines"]!.AsArray().Select(n => (int)n!));
        Assert.InRange(Encoding.UTF8.GetByteCount(shown.Json), 2_000, ShortJson.Room + 1_024);
        Assert.Same(shown.Json, ShortJson.Of(value).Json);
    }

    [Fact]
    public void Of_ASmallValue_IsTheSameText()
    {
        var value = JsonText.Object(writer => writer.WriteString("text", new string('x', 4_000)));

        Assert.Same(value.Json, ShortJson.Of(value).Json);
    }

    [Fact]
    public void Details_OfAnExecutionThatIsShortenedInTheView_AreWhole()
    {
        var arguments = Result(new string('y', 50_000));
        var batch = (string)session.Do(new RunTools([new("plain", arguments)])).GetProperty("batchId").GetString()!;
        Finish(batch, _ => Result(new string('z', 50_000)));
        var execution = session.Execution(batch, 0);

        var view = SessionViews.Of(execution);
        var whole = SessionViews.Whole(execution, view.Output);

        Assert.Equal(BothValues, view.Shortened!.Value.AsEnumerable());
        Assert.Null(whole.Shortened);
        Assert.Equal((arguments, 50_000), (whole.Arguments, ((string?)JsonNode.Parse(whole.Result!.Value.Json)!["content"])!.Length));
    }

    [Fact]
    public void EncodeBatch_WhatFits_IsWholeAndOtherwiseBounded()
    {
        var (small, large) = (session.Run(3), session.Run(30, maxParallel: 30));
        Finish(small, _ => Result(new string('z', 260_000)));
        Finish(large, _ => Result(new string('z', 260_000)));

        var (whole, bounded) = (SessionViews.EncodeBatch(session.State.Only(small)!, "alice"), SessionViews.EncodeBatch(session.State.Only(large)!, "alice"));

        Assert.All(JsonNode.Parse(whole.Span)!["executions"]!.AsObject(), e => Assert.Equal((260_000, null), (((string?)e.Value!["result"]!["content"])!.Length, e.Value["shortened"])));
        Assert.All(JsonNode.Parse(bounded.Span)!["executions"]!.AsObject(), e => Assert.NotNull(e.Value!["shortened"]));
        Assert.InRange(bounded.Length, 50_000, 1 << 20);
    }

    [Fact]
    public void From_TheEndOfAStream_LosesTheGapsBeforeItAndKeepsItsPlace()
    {
        var view = new Views.StreamView("abcdef", 10, 30, [new(0, 5), new(2, 10), new(4, 15)]);

        var end = view.From("cdef", 2);

        Assert.Equal(("cdef", 27L, 15L), (end.Text, end.Offset, end.Dropped));
        Assert.Equal(new Views.GapView(2, 15), Assert.Single(end.Gaps!.Value));
        Assert.Equal(view, view.From("abcdef", 0));
    }

    private static JsonText Result(string content) => JsonText.Object(writer => writer.WriteString("content", content));

    private void Finish(string batch, Func<int, JsonText> result)
    {
        session.StartAll(batch);
        var ids = session.Batch(batch).Executions;
        for (var i = 0; i < ids.Length; i++) Assert.True(session.Report(ids[i], new ExecutionEnded(1, null, result(i), "Done.", ToolMetrics.None, null, 0.5)));
    }

    private void Reply(string text)
    {
        var reply = session.Send();
        session.Report(reply, new ReplyDelta(1, 1, 0, text));
        session.Report(reply, new ReplyFinished(1, 1, "stop", null));
    }

    private JsonObject View(out ReadOnlyMemory<byte> bytes)
    {
        bytes = SessionViews.Encode(session.State, "alice");
        return JsonNode.Parse(bytes.Span)!.AsObject();
    }

    /// <summary>Every execution that a batch lists is there, and no other.</summary>
    private static void AssertConsistent(JsonObject view)
    {
        var listed = view["batches"]!.AsObject().SelectMany(b => b.Value!["executions"]!.AsArray().Select(id => (string)id!));
        Assert.Equal(view["executions"]!.AsObject().Select(e => e.Key).Order(), listed.Order());
    }
}
