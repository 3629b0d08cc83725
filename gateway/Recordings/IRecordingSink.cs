namespace ToolRuntime.Gateway.Recordings;

/// <summary>Takes what a recording shows, in order.</summary>
internal interface IRecordingSink
{
    /// <summary>Comes first.</summary>
    void Begin(DateTimeOffset at, string title, int columns, int rows);

    /// <summary>Text as it was written.</summary>
    /// <param name="at">When.</param>
    /// <param name="source">Who wrote it: what several write at once is kept apart.</param>
    /// <param name="text">The text, with whatever moves a cursor.</param>
    void Output(DateTimeOffset at, RecordingTrack source, string text);

    /// <summary>Nothing more comes from there.</summary>
    void Close(DateTimeOffset at, RecordingTrack source);

    /// <summary>A line that nobody wrote: what is missing, how a tool ended.</summary>
    void Note(DateTimeOffset at, string text);

    /// <summary>A place to jump to.</summary>
    void Marker(DateTimeOffset at, string label);

    /// <summary>The terminal has another size.</summary>
    void Resize(DateTimeOffset at, int columns, int rows);

    /// <summary>The process has ended.</summary>
    void Exit(DateTimeOffset at, int code);

    /// <summary>That was all.</summary>
    void End();
}
