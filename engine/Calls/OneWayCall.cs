using ToolRuntime.Engine.Activations;

namespace ToolRuntime.Engine.Calls;

/// <summary>A call nobody waits for. Its failure is logged where it happened.</summary>
internal sealed partial class OneWayCall(GrainMethod method, GrainReference target, object?[] arguments) : Call(method, target, arguments)
{
    public override void Complete(Task result, Activation activation)
    {
        if (!result.IsCompletedSuccessfully)
            LogFailed(activation.Runtime.Logger, Method.Name, Target, result.Exception?.InnerException ?? new TaskCanceledException(result));
    }

    public override void Fail(Exception exception, Activation? activation) => LogFailed((activation?.Runtime ?? Runtime).Logger, Method.Name, Target, exception);

    protected override void CancelAnswer(CancellationToken token)
    {
    }
}
