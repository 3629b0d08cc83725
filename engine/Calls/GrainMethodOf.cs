using System.Reflection;

namespace ToolRuntime.Engine.Calls;

/// <summary>A method whose result is a <typeparamref name="T"/>.</summary>
internal sealed class GrainMethod<T>(MethodInfo method) : GrainMethod(method)
{
    private readonly bool returnsValueTask = method.ReturnType.IsValueType;
    private readonly object nothing = method.ReturnType.IsValueType
        ? typeof(T) == typeof(NoResult) ? default(ValueTask) : default(ValueTask<T>)
        : Task.FromResult<T>(default!);

    public override object Send(GrainReference target, object?[] arguments)
    {
        if (IsOneWay)
        {
            target.Runtime.Router.Send(new OneWayCall(this, target, arguments));
            return nothing;
        }
        var token = CancellationIndex < 0 ? default : (CancellationToken)arguments[CancellationIndex]!;
        if (token.IsCancellationRequested)
            return Returned(Task.FromCanceled<T>(token));
        var call = new Call<T>(this, target, arguments);
        target.Runtime.Timeouts.Add(call, Timeout ?? target.Runtime.DefaultTimeout);
        if (token.CanBeCanceled)
            call.WatchCancellation(token);
        target.Runtime.Router.Send(call);
        return Returned(call.Answer);
    }

    protected override Task AsTask(object? returned) => returned switch
    {
        Task task => task,
        ValueTask<T> task => task.AsTask(),
        ValueTask task => task.AsTask(),
        _ => throw new InvalidOperationException($"{Name} returned null instead of a task."),
    };

    private object Returned(Task<T> answer) =>
        !returnsValueTask ? answer
        : typeof(T) == typeof(NoResult) ? new ValueTask(answer)
        : new ValueTask<T>(answer);
}
