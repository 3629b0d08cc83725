using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Recordings;

/// <summary>Writes a recording in a format, into a buffer that is sent after each page of the log.</summary>
internal interface IRecordingWriter
{
    /// <summary>What the log has no longer, from one seq to another.</summary>
    void Missing(long from, long to);

    /// <summary>The next event.</summary>
    void Take(EncodedEvent happened);

    /// <summary>There are no more.</summary>
    void End();
}

/// <summary>What is recorded: a session, or one execution of it, up to the head of when it was asked for.</summary>
internal sealed record RecordingSubject(string Session, string? Execution, string Epoch, long Head);
