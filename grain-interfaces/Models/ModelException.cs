namespace ToolRuntime.Models;

/// <summary>A model's answer failed in a way that its client understood. Its message is for people and holds no secret.</summary>
/// <param name="error">What <c>message.failed</c> says; its <see cref="ToolError.Retryable"/> is the reply's <c>recoverable</c>.</param>
/// <param name="tryAgain">Whether the runtime may ask once more by itself; false if the client has waited and asked again already.</param>
/// <param name="inner">What led to it.</param>
public sealed class ModelException(ToolError error, bool tryAgain = false, Exception? inner = null) : Exception(error.Message, inner)
{
    /// <summary>What <c>message.failed</c> says.</summary>
    public ToolError Error { get; } = error;

    /// <summary>Whether the runtime may ask once more by itself.</summary>
    public bool TryAgain { get; } = tryAgain;
}
