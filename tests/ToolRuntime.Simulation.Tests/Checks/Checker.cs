using System.Text.Json.Nodes;
using ToolRuntime.Events;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Simulation.Tests.Runtime;
using ToolRuntime.Simulation.Tests.Store;
using ToolRuntime.Simulation.Tests.Story;

namespace ToolRuntime.Simulation.Tests.Checks;

/// <summary>What must hold at the end of a history.</summary>
internal sealed class Checker(Scene scene, IReadOnlyList<Person> people)
{
    private readonly List<string> wrong = [];

    public IReadOnlyList<string> Check()
    {
        if (scene.Store.Find(Scene.Session) is not { } log)
        {
            if (people.Any(person => person.Commands.Any(sent => sent.Answers.Count > 0))) wrong.Add("Commands were acknowledged, and there is no log.");
            return wrong;
        }

        var entries = log.All.Select(SessionEncoding.Decode).ToArray();
        wrong.AddRange(scene.Store.Violations);
        CheckSeqs(entries);
        CheckReader(log);
        CheckCommands(log, entries);
        wrong.AddRange(new LifeCheck(scene).Check(entries.Select(entry => entry.Event)));
        wrong.AddRange(new OutputCheck(scene.Runs, log.Forks.Count > 0).Check(entries.Select(entry => entry.Event)));
        CheckFold(log, entries);
        return wrong;
    }

    private void CheckSeqs((SessionEvent Event, EntryNote? Note)[] entries)
    {
        for (var i = 0; i < entries.Length; i++) if (entries[i].Event.Seq != i + 1) wrong.Add($"Entry {i + 1} of the log has the seq {entries[i].Event.Seq}.");
    }

    /// <summary>What the reader saw is the log, from where it began last to its end.</summary>
    private void CheckReader(Stored log)
    {
        var reader = scene.Reader;
        if (reader.Cursor != log.Header.Head) wrong.Add($"The reader is at {reader.Cursor}, the log at {log.Header.Head}.");
        if (reader.BeganAnew > 0 && log.Forks.IsEmpty && log.First == 1) wrong.Add("The reader had to begin anew, and the log never went back.");
        foreach (var seen in reader.Seen)
        {
            if (seen.Seq > log.All.Count || log.Replaced.Contains(seen.Seq)) continue;
            if (!seen.Json.Span.SequenceEqual(log.All[(int)seen.Seq - 1].Event.Json.Span)) wrong.Add($"The reader saw another event {seen.Seq} than the log has.");
        }
    }

    /// <summary>Each command is in the log at most once; one that was acknowledged is there, with the answer that was given, each time the same.</summary>
    private void CheckCommands(Stored log, (SessionEvent Event, EntryNote? Note)[] entries)
    {
        var applied = entries.Where(entry => entry.Note?.Command is not null).ToLookup(entry => (entry.Note!.Command!.Subject, entry.Note.Command.Id), entry => entry.Note!.Command!);
        foreach (var twice in applied.Where(command => command.Count() > 1)) wrong.Add($"The command {twice.Key} was applied {twice.Count()} times.");
        foreach (var (person, sent) in people.SelectMany(person => person.Commands.Select(sent => (person, sent))))
        {
            if (sent.Answers.Count == 0 || sent.ForksBefore < log.Forks.Count) continue;
            if (sent.Answers.Distinct().Count() > 1) wrong.Add($"The command {sent.Id} was answered {string.Join(" and ", sent.Answers.Distinct())}.");
            if (!applied[(person.Name, sent.Id)].Any(command => command.Answer.Json == sent.Answers[^1])) wrong.Add($"The command {sent.Id} was acknowledged, and is not in the log: {sent.Command}.");
        }
    }

    /// <summary>Snapshot and the rest of the log, the whole log, and the session in memory are one state.</summary>
    private void CheckFold(Stored log, (SessionEvent Event, EntryNote? Note)[] entries)
    {
        var folded = new SessionState();
        foreach (var (happened, note) in entries) folded = SessionFold.Apply(folded, happened, note);
        var grain = Orleans.Runtime.GrainId.Create(GrainTypes.Session, Scene.Session.ToString());
        var replayed = SessionReplay.ReadAsync(new LocalLog(scene.Store), Scene.Session, log.Header, scene.Snapshots.Find(grain), CancellationToken.None).GetAwaiter().GetResult();
        // What is trimmed is in the snapshot alone; where only the log went back, to before that, nobody knows it any more.
        if (!log.Forks.IsEmpty && log.First > 1) return;
        if (!Same(folded, replayed)) wrong.Add($"Snapshot and rest are not the fold of the log:\n{Json(folded)}\n{Json(replayed)}");
        if (folded.HasOpenWork && folded.Erasures.IsEmpty) wrong.Add("Work is open, and the log's header says that none is.");
    }

    private static bool Same(SessionState one, SessionState other) => JsonNode.DeepEquals(JsonNode.Parse(Json(one)), JsonNode.Parse(Json(other)));

    /// <summary>How long a text was that is erased, the log tells no more.</summary>
    private static string Json(SessionState state) => System.Text.Encoding.UTF8.GetString(SessionReplay.Save(state with
    {
        Erasures = [],
        Messages = state.Messages.SetItems(state.Messages.Where(message => message.Value.Deleted).Select(message => KeyValuePair.Create(message.Key, message.Value with { RoundBytes = 0 }))),
    }));
}
