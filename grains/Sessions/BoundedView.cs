using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using ToolRuntime.Batches;
using ToolRuntime.Messages;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>
/// A view of a session that has more than a view has room for: what is open and what is newest first. It is made piece by piece, each measured before it is
/// taken, so that making it costs a few times its own size whatever the session holds.
/// </summary>
internal sealed class BoundedView
{
    /// <summary>What an execution takes at least, its id in its batch included.</summary>
    private const int LeastExecution = 640;

    /// <summary>Below this a text is left out rather than cut.</summary>
    private const int LeastText = 4_096;

    /// <summary>An id as a key and in a list, with what stands between.</summary>
    private const int IdsBytes = 100;

    private readonly SessionState state;
    private readonly Dictionary<string, BatchView> batches = [];
    private readonly Dictionary<string, ExecutionView> executions = [];
    private readonly List<MessageView> messages = [];
    private int left;

    private BoundedView(SessionState state, int room) => (this.state, left) = (state, room);

    public static ReadOnlyMemory<byte> Encode(SessionState state, string owner)
    {
        for (var room = SessionViews.MaxBytes; ; room -= room / 4)
        {
            var bytes = SessionViews.Write(new BoundedView(state, room).Of(owner), WireJsonContext.Default.SessionView);
            if (bytes.Length <= SessionViews.MaxBytes || room < LeastText) return bytes;
        }
    }

    private SessionView Of(string owner)
    {
        var view = new SessionView(
            state.Parameters, owner, state.Members, [], ImmutableDictionary<string, BatchView>.Empty, ImmutableDictionary<string, ExecutionView>.Empty,
            new(state.Messages.Count, state.Batches.Count, state.Executions.Count), Processes: SessionViews.ProcessesOf(state));
        left -= Size(view, WireJsonContext.Default.SessionView);
        TakeMessages();
        TakeBatches();
        TakeExecutions();
        FillOutputs();
        return view with
        {
            Messages = [.. messages],
            Batches = batches.ToImmutableDictionary(b => b.Key, b => Listed(b.Key, b.Value)),
            Executions = executions.ToImmutableDictionary(),
            LeftOut = LeftOut(),
        };
    }

    private LeftOutView? LeftOut()
    {
        var (noMessages, noBatches, noExecutions) = (state.Messages.Count - messages.Count, state.Batches.Count - batches.Count, state.Executions.Count - executions.Count);
        return noMessages + noBatches + noExecutions == 0 ? null : new(Some(noMessages), Some(noBatches), Some(noExecutions));
    }

    private static int? Some(int count) => count == 0 ? null : count;

    /// <summary>The batch with the executions that are there.</summary>
    private BatchView Listed(string id, BatchView batch)
    {
        var all = state.Batches[id].Executions;
        ImmutableArray<string> there = [.. all.Where(executions.ContainsKey)];
        return batch with { Executions = there, LeftOut = Some(all.Length - there.Length) };
    }

    /// <summary>The newest messages, and whatever is open. Executions have half the room, as far as they need it.</summary>
    private void TakeMessages()
    {
        var room = left - Math.Min(left / 2, ExecutionsNeed(left / 2));
        var full = false;
        for (var i = state.MessageOrder.Length - 1; i >= 0; i--)
        {
            var message = state.Messages[state.MessageOrder[i]];
            if (full && message.IsFinal) continue;
            var view = message.IsFinal ? SessionViews.Of(message) with { Reasoning = null } : SessionViews.Of(message);
            var share = Math.Max(room / 2, message.IsFinal ? 0 : LeastText / 4);
            if (view.Text.Length > share || Size(view) > share)
            {
                full = message.IsFinal && share < LeastText;
                if (full) continue;
                view = Cut(view, share);
            }

            var size = Size(view);
            (room, left) = (room - size, left - size);
            messages.Add(view);
        }

        messages.Reverse();
    }

    private static MessageView Cut(MessageView view, int share)
    {
        var bare = view with { Text = "", Reasoning = null, Error = view.Error is { } error ? error with { Message = ShortJson.Of(error.Message, LeastText / 4) } : null };
        var (text, before) = Texts.End(view.Text, share - Size(bare) - IdsBytes);
        return bare with { Text = text, TextOffset = before };
    }

    private int ExecutionsNeed(int most)
    {
        var bytes = 0;
        foreach (var execution in state.Executions.Values)
        {
            bytes += LeastExecution + (execution.Stdout?.Bytes ?? 0) + (execution.Stderr?.Bytes ?? 0) + (execution.ResultStream?.Bytes ?? 0) + (execution.TerminalStream?.Bytes ?? 0);
            bytes += Turns.Bytes(execution) + ShortJson.Of(execution.Arguments).Json.Length + (execution.Result is { } result ? ShortJson.Of(result).Json.Length : 0);
            if (bytes > most) return most;
        }

        return bytes;
    }

    /// <summary>Batches of the messages that are there and of none; open ones first, then the newest.</summary>
    private void TakeBatches()
    {
        var room = left / 3;
        var named = messages.SelectMany(m => m.Batches).Concat(state.FreeBatches);
        foreach (var batch in named.Distinct().Select(id => state.Batches.GetValueOrDefault(id)).OfType<BatchState>().OrderBy(b => b.IsFinal).ThenByDescending(b => b.StartedAt))
        {
            var view = SessionViews.Of(batch) with { Executions = [] };
            var size = IdsBytes + Size(view, WireJsonContext.Default.BatchView);
            if (size > room) break;
            (room, left) = (room - size, left - size);
            batches[batch.Id] = view;
        }
    }

    /// <summary>What runs or waits for a person first, then those of open batches and of the newest, in call order. Those that come first have more room for their values.</summary>
    private void TakeExecutions()
    {
        var all = batches.Keys.Select(id => state.Batches[id]).OrderBy(b => b.IsFinal).ThenByDescending(b => b.StartedAt)
            .SelectMany(b => b.Executions).Select(id => state.Executions[id]).ToList();
        var behind = Math.Min(all.Count, left / LeastExecution);
        foreach (var execution in all.Where(IsUnderWay).Concat(all.Where(e => !IsUnderWay(e))))
        {
            var share = Math.Max(left / Math.Max(1, behind), Math.Min(left / 64, left - (behind * LeastExecution)));
            behind--;
            var view = Fit(SessionViews.Of(execution, Ends(execution)), share - IdsBytes);
            var size = IdsBytes + Size(view, WireJsonContext.Default.ExecutionView);
            if (size > left) break;
            left -= size;
            executions[execution.Id] = view;
        }
    }

    private static bool IsUnderWay(ExecutionState execution) => !execution.IsFinal && execution.Status != ExecutionStatus.Pending;

    /// <summary>The execution in its share: with shorter values, then with shorter texts.</summary>
    private static ExecutionView Fit(ExecutionView view, int share)
    {
        if (Size(view, WireJsonContext.Default.ExecutionView) <= share) return view;
        var least = SessionViews.Marked(view, value => ShortJson.Of(value, 2));
        var room = Math.Max(share - Size(least, WireJsonContext.Default.ExecutionView), 0) / 2;
        if (room < ShortJson.Room) view = SessionViews.Marked(view, value => ShortJson.Of(value, Math.Max(2, room)));
        return Size(view, WireJsonContext.Default.ExecutionView) <= share ? view : view with
        {
            Summary = view.Summary is { } summary ? ShortJson.Of(summary, LeastExecution / 4) : null,
            Error = view.Error is { } error ? error with { Message = ShortJson.Of(error.Message, LeastExecution / 2) } : null,
            Progress = view.Progress is { } step ? step with { Stage = ShortJson.Of(step.Stage, LeastExecution / 4), Message = null } : null,
            Turns = null,
        };
    }

    /// <summary>Where the execution's streams end, without their text.</summary>
    private static OutputView Ends(ExecutionState execution) => new(execution.Stdout?.ToEnd(), execution.Stderr?.ToEnd(), execution.ResultStream?.ToEnd(), execution.TerminalStream?.ToEnd());

    /// <summary>Output takes what is left, that of the latest first.</summary>
    private void FillOutputs()
    {
        foreach (var execution in executions.Keys.Select(id => state.Executions[id]).OrderByDescending(e => e.StartedAt ?? DateTimeOffset.MinValue).ToArray())
        {
            if (left < LeastText) return;
            var output = new OutputView(Fill(execution.Stdout), Fill(execution.Stderr), Fill(execution.ResultStream), Fill(execution.TerminalStream));
            executions[execution.Id] = executions[execution.Id] with { Output = output };
        }
    }

    private StreamView? Fill(OutputTail? tail)
    {
        if (tail is null || left < LeastText) return tail?.ToEnd();
        var view = tail.ToView();
        var (text, before) = Texts.End(view.Text, left - IdsBytes);
        left -= Texts.JsonBytes(text);
        return tail.Shorter(view, text, before);
    }

    private static int Size(MessageView view) => 1 + Size(view, WireJsonContext.Default.MessageView);

    private static int Size<T>(T value, JsonTypeInfo<T> type)
    {
        using var scratch = JsonScratch.Take();
        System.Text.Json.JsonSerializer.Serialize(scratch.Writer, value, type);
        return scratch.Written.Length;
    }
}
