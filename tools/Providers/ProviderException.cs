using System.Net;

namespace ToolRuntime.Tools.Providers;

/// <summary>A provider that can't be used, and why.</summary>
internal sealed class ProviderException(ToolError error, Exception? inner = null) : Exception(error.Message, inner)
{
    public ToolError Error => error;

    /// <summary>The status of the answer that refuses; null where there was no such answer.</summary>
    public HttpStatusCode? Status { get; init; }
}
