using System.Text;
using System.Text.Json.Nodes;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Messages;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Grains.Tests.Sessions;

public sealed class SessionViewsTests
{
    private readonly SessionRig session = new();

    [Fact]
    public void Messages_MoreThanTwoHundred_LoseTheOldestEndedWithTheirBatches()
    {
        var (first, batch) = Ended();
        for (var i = 0; i < 99; i++) Ended();
        Assert.Equal(200, session.State.MessageOrder.Length);
        Assert.Contains(batch, session.State.Batches.Keys);

        Ended();

        Assert.Equal((200, 200), (session.State.MessageOrder.Length, session.State.Messages.Count));
        Assert.DoesNotContain(first, session.State.MessageOrder);
        Assert.DoesNotContain(batch, session.State.Batches.Keys);
        Assert.Equal(session.State.Batches.Values.SelectMany(b => b.Executions).Order(), session.State.Executions.Keys.Order());
    }

    [Fact]
    public void Messages_OpenOnes_AreNeverDropped()
    {
        var open = session.Send("open");
        for (var i = 0; i < 250; i++)
        {
            var queued = session.Send();
            session.Do(new CancelMessage(queued));
        }

        Assert.Equal(200, session.State.MessageOrder.Length);
        Assert.Contains(open, session.State.MessageOrder);
        session.Report(open, new ReplyFinished(1, 1, "stop", null));
        session.Send();
        Assert.DoesNotContain(open, session.State.MessageOrder);
    }

    [Fact]
    public void FreeBatches_MoreThanFifty_LoseTheOldestEndedAndNeverAnOpenOne()
    {
        var open = Enumerable.Range(0, 10).Select(_ => session.Run()).ToArray();
        var ended = Enumerable.Range(0, 45).Select(_ => EndedRun()).ToArray();

        Assert.Equal(50, session.State.Batches.Count);
        Assert.Equal(open, open.Where(session.State.Batches.ContainsKey));
        Assert.Equal(ended.Skip(5), ended.Where(session.State.Batches.ContainsKey));
    }

    [Fact]
    public void FreeBatches_MoreThanFiftyOpen_AreDroppedByTheNextOnceTheyEnded()
    {
        var open = Enumerable.Range(0, 55).Select(_ => session.Run()).ToArray();
        Assert.Equal(55, session.State.Batches.Count);

        foreach (var batch in open) session.Do(new CancelBatch(batch));
        Assert.Equal(55, session.State.Batches.Count);
        var next = session.Run();

        Assert.Equal([.. open.Skip(6), next], session.State.FreeBatches.AsEnumerable());
        Assert.Equal(session.State.FreeBatches.Order(), session.State.Batches.Keys.Order());
    }

    [Fact]
    public void Retry_OfOneThatWasDropped_IsNotFound()
    {
        var (reply, _) = Ended();
        for (var i = 0; i < 100; i++) Ended();

        Assert.Equal(ErrorCode.NotFound, session.Execute(new RetryMessage(reply)).Error?.Code);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("€")]
    [InlineData("\n")]
    public void Encode_MoreThanAMegabyte_DropsTheOldestOutputsFirst(string unit)
    {
        var batch = session.Run(40, maxParallel: 40);
        var output = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, 60_000 / Encoding.UTF8.GetByteCount(unit))));
        for (var i = 0; i < 40; i++)
        {
            session.Report(session.Execution(batch, i).Id, new StartExecution());
            session.Report(session.Execution(batch, i).Id, new ExecutionOutput(1, OutputStream.Stdout, 0, output, 0));
            session.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        var bytes = SessionViews.Encode(session.State, "alice");

        var kept = Enumerable.Range(0, 40).Select(i => JsonNode.Parse(bytes.Span)!["executions"]![session.Execution(batch, i).Id]!["output"]!["stdout"]!["text"]!.GetValue<string>() == Encoding.UTF8.GetString(output)).ToArray();
        Assert.InRange(bytes.Length, 1 << 19, 1 << 20);
        Assert.Equal(kept.Order(), kept);
        Assert.Contains(true, kept);
        Assert.True(bytes.Length + (unit == "\n" ? 2 : 1) * output.Length > 1 << 20, "More was dropped than had to be.");
    }

    [Fact]
    public void View_OfAReply_HasWhatTheProtocolNames()
    {
        var reply = session.Send("grüße");
        session.Report(reply, new ReplyDelta(1, 1, 0, "Läuft. "));
        session.Report(reply, new ReplyAsksForTools(1, 1, [new("c1", "plain", new("""{"a":1}"""))], new(1, 2)));
        var batch = session.State.Messages[reply].Batches[0];
        session.StartAll(batch);
        session.Report(session.Execution(batch, 0).Id, new ExecutionProgress(1, "reading", 40, null, null));
        session.Succeed(batch, 0);
        session.Report(reply, new ReplyHandOver());
        session.Report(reply, new ReplyDelta(2, 1, 0, "Fertig."));
        session.Report(reply, new ReplyFinished(2, 1, "stop", new(3, 4)));

        var view = session.View();

        var message = view["messages"]![1]!;
        Assert.Equal(("Läuft. Fertig.", "completed", 2, 8, "fake"), ((string?)message["text"], (string?)message["state"], (int?)message["round"], (int?)message["roundOffset"], (string?)message["model"]));
        Assert.Equal("""{"inputTokens":4,"outputTokens":6}""", message["usage"]!.ToJsonString());
        Assert.Equal(batch, (string?)message["batches"]![0]);
        var shown = view["batches"]![batch]!;
        Assert.Equal(("completed", reply, 1, 1, 0, 0, 0), ((string?)shown["state"], (string?)shown["messageId"], (int?)shown["total"], (int?)shown["completed"], (int?)shown["failed"], (int?)shown["executing"], (int?)shown["pending"]));
        var execution = view["executions"]![session.Execution(batch, 0).Id]!;
        Assert.Equal(("completed", 1, "plain", "c1", "reading"), ((string?)execution["state"], (int?)execution["attempt"], (string?)execution["name"], (string?)execution["callId"], (string?)execution["progress"]!["stage"]));
        Assert.Equal("alice", (string?)view["owner"]);
    }

    private (string Reply, string Batch) Ended()
    {
        var reply = session.Send();
        session.Report(reply, new ReplyAsksForTools(1, 1, [new("c", "nobody", JsonText.EmptyObject)], null));
        session.Report(reply, new ReplyHandOver());
        session.Report(reply, new ReplyModelFailed(2, 1, new("model_failed", "No.", true), false));
        Assert.Equal(MessageStatus.Error, session.State.Messages[reply].Status);
        return (reply, session.State.Messages[reply].Batches[0]);
    }

    private string EndedRun()
    {
        var batch = session.Run();
        session.Do(new CancelBatch(batch));
        return batch;
    }
}
