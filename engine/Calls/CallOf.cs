using ToolRuntime.Engine.Activations;

namespace ToolRuntime.Engine.Calls;

/// <summary>Stands in for a result where a method has none.</summary>
internal readonly struct NoResult;

/// <summary>A call that somebody waits for.</summary>
internal sealed class Call<T>(GrainMethod method, GrainReference target, object?[] arguments) : Call(method, target, arguments)
{
    private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => answer.Task;

    public override bool IsAbandoned => answer.Task.IsCompleted;

    public override void Complete(Task result, Activation activation)
    {
        if (result.IsCompletedSuccessfully)
            answer.TrySetResult(typeof(T) == typeof(NoResult) ? default! : ((Task<T>)result).Result);
        else if (result.IsCanceled)
            answer.TrySetCanceled();
        else
            answer.TrySetException(result.Exception!.InnerExceptions);
        Answered();
    }

    public override void Fail(Exception exception, Activation? activation)
    {
        if (exception is OperationCanceledException cancelled)
            answer.TrySetCanceled(cancelled.CancellationToken);
        else
            answer.TrySetException(exception);
        Answered();
    }

    protected override void CancelAnswer(CancellationToken token) => answer.TrySetCanceled(token);
}
