using System.Collections.Concurrent;

namespace ToolRuntime.Engine.Tests;

/// <summary>Named gates that grains wait at until a test opens them.</summary>
internal static class Gates
{
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> All = new();

    public static Task PassAsync(string name) => Of(name).Task;

    public static void Open(string name) => Of(name).TrySetResult();

    private static TaskCompletionSource Of(string name) => All.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
