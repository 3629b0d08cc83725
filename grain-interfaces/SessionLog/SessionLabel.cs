using System.Text.Json.Serialization;

namespace ToolRuntime.SessionLog;

/// <summary>How a session is shown in lists: what it is called, null as long as nothing says so, and how it stands.</summary>
public sealed record SessionLabel(string? Title, SessionActivity Activity);

/// <summary>How a session stands.</summary>
[JsonConverter(typeof(WireEnumConverter<SessionActivity>))]
public enum SessionActivity
{
    /// <summary>Nothing is open, and the last that was has not failed.</summary>
    Idle,

    /// <summary>A reply or tools are under way.</summary>
    Running,

    /// <summary>A tool waits for a person's approval.</summary>
    Waiting,

    /// <summary>What is open is held.</summary>
    Paused,

    /// <summary>Nothing is open, and the last that was has failed.</summary>
    Failed,
}
