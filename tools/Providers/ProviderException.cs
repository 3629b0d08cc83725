namespace ToolRuntime.Tools.Providers;

/// <summary>A provider that can't be used, and why.</summary>
internal sealed class ProviderException(ToolError error, Exception? inner = null) : Exception(error.Message, inner)
{
    public ToolError Error => error;
}
