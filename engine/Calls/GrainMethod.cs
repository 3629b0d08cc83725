using System.Reflection;
using Orleans.Concurrency;

namespace ToolRuntime.Engine.Calls;

/// <summary>A method of a grain interface: how it is sent and how it is run. Found out once.</summary>
internal abstract class GrainMethod
{
    private readonly MethodInvoker invoker;

    protected GrainMethod(MethodInfo method)
    {
        invoker = MethodInvoker.Create(method);
        Name = $"{method.DeclaringType!.Name}.{method.Name}";
        IsOneWay = method.IsDefined(typeof(OneWayAttribute));
        IsReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        AlwaysInterleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        Timeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        CancellationIndex = Array.FindIndex(method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken));
    }

    public string Name { get; }

    public bool IsOneWay { get; }

    public bool IsReadOnly { get; }

    public bool AlwaysInterleaves { get; }

    public TimeSpan? Timeout { get; }

    /// <summary>Place of the <see cref="CancellationToken"/> among the parameters, or -1.</summary>
    public int CancellationIndex { get; }

    public static GrainMethod Of(MethodInfo method)
    {
        var result = method.ReturnType;
        var value = result == typeof(Task) || result == typeof(ValueTask) ? typeof(NoResult)
            : result.IsGenericType && (result.GetGenericTypeDefinition() == typeof(Task<>) || result.GetGenericTypeDefinition() == typeof(ValueTask<>)) ? result.GenericTypeArguments[0]
            : throw new OrleansConfigurationException($"{method.DeclaringType}.{method.Name} returns {result}; a grain method returns Task, Task<T>, ValueTask or ValueTask<T>.");
        return (GrainMethod)Activator.CreateInstance(typeof(GrainMethod<>).MakeGenericType(value), method)!;
    }

    /// <summary>Runs the method on a grain. May throw.</summary>
    public Task Invoke(object grain, object?[] arguments) => AsTask(invoker.Invoke(grain, arguments.AsSpan()));

    /// <summary>Sends a call and returns what the method's caller gets.</summary>
    public abstract object Send(GrainReference target, object?[] arguments);

    protected abstract Task AsTask(object? returned);
}
