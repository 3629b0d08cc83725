using ToolRuntime.Models;

namespace ToolRuntime.Messages;

/// <summary>What a model's exception means for its reply.</summary>
internal static class ModelFailures
{
    /// <summary>The error for people, and whether the runtime asks once more by itself.</summary>
    public static (ToolError Error, bool TryAgain) Of(Exception exception)
    {
        if (exception is ModelException understood) return (understood.Error, understood.TryAgain);
        var transport = exception is HttpRequestException or IOException or TimeoutException;
        return (new(ToolErrorCodes.ModelFailed, transport ? "The model can't be reached." : "The model failed.", transport), transport);
    }
}
