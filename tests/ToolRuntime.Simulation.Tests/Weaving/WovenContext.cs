using System.Reflection;
using System.Runtime.Loader;

namespace ToolRuntime.Simulation.Tests.Weaving;

/// <summary>The product, woven, and with it the simulation that runs on it, apart from the copies that the test runner has loaded.</summary>
internal sealed class WovenContext(Mutation? mutation) : AssemblyLoadContext(mutation?.Name ?? "woven")
{
    private static readonly string[] Woven = ["ToolRuntime.Grains", "ToolRuntime.GrainInterfaces", "Polly.Core"];
    private static readonly Assembly Own = typeof(WovenContext).Assembly;

    /// <summary>Runs a static method of this project on the woven product.</summary>
    public T Call<T>(Type type, string method, params object?[] arguments) => (T)LoadFromAssemblyName(Own.GetName())
        .GetType(type.FullName!, throwOnError: true)!
        .GetMethod(method, BindingFlags.Public | BindingFlags.Static)!
        .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == Own.GetName().Name) return LoadFromAssemblyPath(Own.Location);
        return Woven.Contains(assemblyName.Name) ? LoadFromStream(Weaver.Weave(Path.Combine(AppContext.BaseDirectory, $"{assemblyName.Name}.dll"), mutation)) : null;
    }
}
