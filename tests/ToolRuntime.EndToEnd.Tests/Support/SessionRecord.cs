using System.Text.Json;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>
/// What one client has seen of a session, over all its connections. Takes nothing twice, out of order or with a hole that the protocol does not allow;
/// the first breach fails every wait from then on.
/// </summary>
internal sealed class SessionRecord(string session)
{
    private readonly Lock gate = new();
    private readonly List<RecordedEvent> events = [];
    private readonly List<(Func<bool> Holds, TaskCompletionSource Reached)> waits = [];
    private Exception? fault;

    public string Session { get; } = session;

    /// <summary>Null until the session was opened.</summary>
    public string? Epoch { get; private set; }

    /// <summary>The last seq that was seen or that a frame covered.</summary>
    public long Cursor { get; private set; }

    /// <summary>What came with that seq, for the cursor to prove itself.</summary>
    public string? Proof { get; private set; }

    /// <summary>Whether the server may say that the position is lost; what follows is not this record's then.</summary>
    public Func<bool> MayBeLost { get; set; } = static () => false;

    /// <summary>Whether it said so.</summary>
    public bool Lost { get; private set; }

    /// <summary>To be read under <see cref="Read{T}"/>, or in a condition of <see cref="UntilAsync"/>.</summary>
    public SessionLedger Ledger { get; } = new();

    public IReadOnlyList<RecordedEvent> Events => Read(() => (IReadOnlyList<RecordedEvent>)[.. events]);

    public T Read<T>(Func<T> look)
    {
        lock (gate) return look();
    }

    /// <summary>The server's answer to <c>session.open</c> with this record's cursor, or <c>"start"</c> the first time.</summary>
    public void Opened(JsonElement result) => Guarded(() =>
    {
        if (Lost = !result.GetProperty("recovered").GetBoolean() && MayBeLost()) return;
        var (epoch, after) = (result.GetProperty("epoch").GetString(), result.GetProperty("after").GetInt64());
        Check(result.GetProperty("recovered").GetBoolean(), $"Not recovered at {Cursor}: {result}");
        Check(Epoch is null || Epoch == epoch, $"Epoch {Epoch} became {epoch}");
        Check(after == Cursor, $"Asked for what follows {Cursor}, got what follows {after}");
        Check(result.GetProperty("head").GetInt64() >= Cursor, $"The head of {result} is behind {Cursor}");
        (Epoch, Proof) = (epoch, ProofOf(result) ?? Proof);
    });

    /// <summary>A frame <c>events</c>.</summary>
    public void Take(JsonElement frame) => Guarded(() =>
    {
        if (Lost) return;
        var (after, seq) = (frame.GetProperty("after").GetInt64(), frame.GetProperty("seq").GetInt64());
        Check(frame.GetProperty("epoch").GetString() == Epoch, $"Frame of another epoch than {Epoch}");
        Check(after == Cursor && seq > after, $"Frame for {after} to {seq} at cursor {Cursor}");
        foreach (var json in frame.GetProperty("events").EnumerateArray())
        {
            var happened = new RecordedEvent(json);
            Check(happened.Seq > Cursor && happened.Seq <= seq, $"Event {happened.Seq} in a frame up to {seq} after {Cursor}");
            Cursor = happened.Seq;
            events.Add(happened);
            Ledger.Take(happened);
        }

        (Cursor, Proof) = (seq, ProofOf(frame));
    });

    /// <summary>Waits until <paramref name="holds"/>, which is asked after every frame.</summary>
    public Task UntilAsync(Func<bool> holds, string what) => UntilAsync(holds, what, Limits.Timeout);

    /// <summary>The same within a time of its own.</summary>
    public async Task UntilAsync(Func<bool> holds, string what, TimeSpan within)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (fault is not null) throw new ProtocolViolationException($"{Session}: {fault}");
            if (holds()) return;
            waits.Add((holds, reached));
        }

        try
        {
            await reached.Task.WaitAsync(within);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Session}: not so: {what}. The last of {events.Count} events:\n{string.Join('\n', Events.TakeLast(30))}");
        }
    }

    /// <summary>Waits for the first event after <paramref name="after"/> that matches.</summary>
    public async Task<RecordedEvent> FirstAsync(Func<RecordedEvent, bool> match, string what, long after = 0)
    {
        RecordedEvent? found = null;
        var looked = 0;
        await UntilAsync(
            () =>
            {
                for (; found is null && looked < events.Count; looked++)
                {
                    if (events[looked].Seq > after && match(events[looked])) found = events[looked];
                }

                return found is not null;
            },
            what);
        return found!;
    }

    /// <summary>Waits until nothing of the session is open, at or beyond <paramref name="seq"/>.</summary>
    public Task IdleAsync(long seq = 0) => UntilAsync(() => Cursor >= seq && Ledger.Idle, $"idle at {seq} or later");

    /// <summary>Waits for a reply's end and gives its states.</summary>
    public async Task<IReadOnlyList<string>> ReplyEndedAsync(string replyId)
    {
        await UntilAsync(() => Ledger.HasEnded(replyId), $"reply {replyId} has ended");
        return Read(() => Ledger.StatesOf(replyId));
    }

    /// <summary>An attempt's output.</summary>
    public string OutputOf(string executionId, string stream = "stdout", int attempt = 1) => string.Concat(
        Events.Where(e => e.Type == "tool.output" && e.ExecutionId == executionId && e.Attempt == attempt && e.Text("stream") == stream).Select(e => e.Text("text")));

    /// <summary>Throws if anything was wrong so far.</summary>
    public void Verify()
    {
        lock (gate)
        {
            if (fault is not null) throw new ProtocolViolationException($"{Session}: {fault}");
        }
    }

    /// <summary>Throws unless both clients got the same bytes for the same seq, and all but superseded progress.</summary>
    public void SameAs(SessionRecord other)
    {
        var (mine, theirs) = (Events.ToDictionary(e => e.Seq), other.Events.ToDictionary(e => e.Seq));
        foreach (var (seq, happened) in mine)
        {
            if (theirs.TryGetValue(seq, out var same)) Assert.Equal(happened.Raw, same.Raw);
            else Assert.True(happened.MayBeLeftOut, $"The other client missed {happened}");
        }

        Assert.All(theirs.Where(e => !mine.ContainsKey(e.Key)), e => Assert.True(e.Value.MayBeLeftOut, $"This client missed {e.Value}"));
    }

    private static string? ProofOf(JsonElement from) => from.TryGetProperty("check", out var check) ? check.GetString() : null;

    private void Guarded(Action action)
    {
        lock (gate)
        {
            try
            {
                if (fault is null) action();
            }
            catch (Exception e)
            {
                fault = e;
            }

            for (var i = waits.Count - 1; i >= 0; i--)
            {
                if (fault is not null) waits[i].Reached.TrySetException(new ProtocolViolationException($"{Session}: {fault}"));
                else if (waits[i].Holds()) waits[i].Reached.TrySetResult();
                else continue;
                waits.RemoveAt(i);
            }
        }
    }

    private static void Check(bool holds, string breach)
    {
        if (!holds) throw new ProtocolViolationException(breach);
    }
}
