using Orleans.CodeGeneration;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>The calls that a node makes by references to grains.</summary>
internal sealed class GrainCalls(Cluster cluster, Node caller) : IGrainReferenceRuntime
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public ValueTask<T?> InvokeMethodAsync<T>(GrainReference reference, IInvokable request, InvokeMethodOptions options)
    {
        if (options.HasFlag(InvokeMethodOptions.OneWay))
        {
            cluster.Send(caller, reference.GrainId, request, null);
            return default;
        }

        var call = new Call<T?>(request.GetDefaultResponseTimeout() ?? DefaultTimeout);
        cluster.Send(caller, reference.GrainId, request, call);
        return new(call.Task);
    }

    public ValueTask InvokeMethodAsync(GrainReference reference, IInvokable request, InvokeMethodOptions options)
    {
        if (options.HasFlag(InvokeMethodOptions.OneWay))
        {
            cluster.Send(caller, reference.GrainId, request, null);
            return default;
        }

        var call = new Call<object?>(request.GetDefaultResponseTimeout() ?? DefaultTimeout);
        cluster.Send(caller, reference.GrainId, request, call);
        return new(call.Task);
    }

    public void InvokeMethod(GrainReference reference, IInvokable request, InvokeMethodOptions options) => cluster.Send(caller, reference.GrainId, request, null);

    public object Cast(IAddressable grain, Type interfaceType) => throw new NotSupportedException();

    private sealed class Call<T>(TimeSpan timeout) : ICall
    {
        private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TimeSpan Timeout => timeout;

        public Task<T> Task => answer.Task;

        public void Complete(Response response)
        {
            if (response.Exception is { } exception) answer.TrySetException(exception);
            else answer.TrySetResult(response.Result is T result ? result : default!);
        }

        public void Fail(Exception exception) => answer.TrySetException(exception);
    }
}
