using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Silo.Hosting;

/// <summary>How log lines are written, and whether the wire is logged; section <c>ToolRuntime:Logs</c>.</summary>
internal sealed class LogOptions
{
    public const string Section = "ToolRuntime:Logs";

    /// <summary>Text: one line an event, for people. Json: one JSON object a line, with tenant, session and trace where there are.</summary>
    public LogFormat Format { get; set; }

    /// <summary>Whether frames, requests and streamed events are logged, shortened and without secrets; EXTRA_LOGGING says the same.</summary>
    public bool Wire { get; set; }

    /// <summary>How much of a frame is logged, in characters. Default 2,048.</summary>
    [Range(16, 65_536)]
    public int WireCharacters { get; set; } = 2_048;
}

/// <summary>The kinds of log lines.</summary>
internal enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For what collects logs.</summary>
    Json,
}
