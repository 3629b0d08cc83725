using System.Collections.Immutable;
using Orleans.Runtime;
using ToolRuntime.Events;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Simulation.Tests.Story;

namespace ToolRuntime.Simulation.Tests.Weaving;

/// <summary>What mutations call instead of the product's own methods. The product's internal types are objects here.</summary>
public static class Saboteurs
{
    /// <summary>What an earlier attempt reports counts for the present one.</summary>
    public static int? AcceptsStaleAttempts(object trigger) => null;

    /// <summary>Commands are forgotten when the log is read again.</summary>
    public static object ForgetsCommands(object state, string key, object command) => state;

    /// <summary>Live frames go out before their commit.</summary>
    public static ImmutableArray<LogEntry> PublishesBeforeCommit(object entries, string check)
    {
        var encoded = SessionEncoding.Encode((IReadOnlyList<(SessionEvent, EntryNote?)>)entries, check);
        if (encoded.Length > 0) Scene.Current.Publish(Scene.Session, new("", encoded[0].Event.Seq - 1, encoded[^1].Event.Seq, [.. encoded.Select(entry => entry.Event)]));
        return encoded;
    }

    /// <summary>Answers do not wait for the commit.</summary>
    public static Task AnswersBeforeCommit(object writer, ImmutableArray<LogEntry> entries, HeaderChange? header)
    {
        _ = ((SessionWriter)writer).WriteAsync(entries, header);
        return Task.CompletedTask;
    }

    /// <summary>An execution that gets a slot is not told.</summary>
    public static void SkipsWakeUps(object wakes, object state, string id)
    {
    }

    /// <summary>A batch's timers never fire.</summary>
    public static GrainTimerCreationOptions MissesDeadlines(TimeSpan due) => new(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Output that comes again is taken again.</summary>
    public static long RepeatsOutput(object tail) => 0;

    /// <summary>Who started an attempt can't be told from anybody else who tried.</summary>
    public static long TakesAnyStart(Random random) => 7;

    /// <summary>Snapshots leave out what is open.</summary>
    public static byte[] SavesTooLittle(object state) => SessionReplay.Save(((SessionState)state) with { OpenBatches = [] });

    /// <summary>An attempt ends before its last output is committed.</summary>
    public static Task EndsBeforeOutput(object reporter) => Task.CompletedTask;

    /// <summary>A batch goes on when its last execution has ended.</summary>
    public static bool NeverEndsBatches(object batch) => false;
}
