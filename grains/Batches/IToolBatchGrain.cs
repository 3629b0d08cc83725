using Orleans.Concurrency;

namespace ToolRuntime.Batches;

/// <summary>Keeps a batch's deadline and the end of its pauses. Key <c>tenant/session/batch</c>.</summary>
[Alias("toolruntime.IToolBatchGrain")]
internal interface IToolBatchGrain : IGrainWithStringKey
{
    /// <summary>Look at the state and do what is due. Doing it twice does no harm.</summary>
    [Alias("Wake"), OneWay]
    Task WakeAsync(BatchState state);
}
