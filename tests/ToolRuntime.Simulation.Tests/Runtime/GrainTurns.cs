using System.Reflection;
using Orleans.Runtime;

namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>Tells Orleans whose turn it is; a grain takes its context from there when it is made.</summary>
internal static class GrainTurns
{
    private delegate void Set(IGrainContext? context, out IGrainContext? existing);

    private static readonly Set SetContext = typeof(GrainReference).Assembly.GetType("Orleans.Runtime.RuntimeContext", throwOnError: true)!.GetMethod("SetExecutionContext", BindingFlags.NonPublic | BindingFlags.Static)!.CreateDelegate<Set>();

    public static void Enter(IGrainContext? context) => SetContext(context, out _);
}
