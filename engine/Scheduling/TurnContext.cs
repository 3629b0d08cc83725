using ToolRuntime.Engine.Activations;

namespace ToolRuntime.Engine.Scheduling;

/// <summary>The activation whose turn runs on this thread.</summary>
internal static class TurnContext
{
    [ThreadStatic]
    private static Activation? current;

    public static Activation? Current => current;

    public static Activation? Exchange(Activation? activation)
    {
        var previous = current;
        current = activation;
        return previous;
    }
}
