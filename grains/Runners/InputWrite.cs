namespace ToolRuntime.Runners;

/// <summary>
/// Input for an attempt. <paramref name="Key"/> and <paramref name="Hash"/> tell a repetition from another write under the same id.
/// </summary>
[GenerateSerializer, Immutable, Alias("toolruntime.InputWrite")]
internal sealed record InputWrite(string Key, string Hash, ReadOnlyMemory<byte> Data, bool End);

/// <summary>What became of input.</summary>
[GenerateSerializer, Alias("toolruntime.InputOutcome")]
internal enum InputOutcome
{
    /// <summary>It will be read, now or the time it was first sent.</summary>
    Taken,

    /// <summary>No room for all of it, so none was taken.</summary>
    Full,

    /// <summary>The input was closed before.</summary>
    Ended,

    /// <summary>The id was used for other input.</summary>
    OtherContent,

    /// <summary>The attempt takes no input.</summary>
    Unwanted,

    /// <summary>The attempt does not run here.</summary>
    NotRunning,
}
