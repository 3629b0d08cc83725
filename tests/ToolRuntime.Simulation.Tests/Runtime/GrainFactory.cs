using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.CodeGeneration;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Serializers;
using ToolRuntime.Batches;
using ToolRuntime.Messages;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>Makes references of the kind that Orleans generates, so that the product's calls are the same as everywhere.</summary>
internal sealed class GrainFactory(IGrainReferenceRuntime calls) : IGrainFactory
{
    private static readonly IServiceProvider Services = Serializer();

    private static readonly Dictionary<string, (GrainType Type, Func<GrainReferenceShared, IdSpan, GrainReference> Make)> Known = new()
    {
        [typeof(ISessionGrain).Name] = (GrainTypes.Session, Proxy(typeof(ISessionGrain))),
        [typeof(ISessionJournal).Name] = (GrainTypes.Session, Proxy(typeof(ISessionJournal))),
        [typeof(IToolExecutionGrain).Name] = (GrainTypes.Execution, Proxy(typeof(IToolExecutionGrain))),
        [typeof(IToolBatchGrain).Name] = (GrainTypes.Batch, Proxy(typeof(IToolBatchGrain))),
        [typeof(IMessageGrain).Name] = (GrainTypes.Message, Proxy(typeof(IMessageGrain))),
    };

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey => (TGrainInterface)(object)Make(typeof(TGrainInterface).Name, IdSpan.Create(primaryKey));

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceId) => (IAddressable)Make(interfaceId.ToString()!, grainId.Key);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey => throw new NotSupportedException();

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => throw new NotSupportedException();

    /// <summary>Orleans' serialiser without the product's types, which it would look for in another load context. What crosses is immutable, so that nothing is copied.</summary>
    private static ServiceProvider Serializer()
    {
        var services = new ServiceCollection().AddSerializer();
        foreach (var found in services.Where(s => (s.ImplementationType ?? s.ImplementationInstance?.GetType())?.FullName?.StartsWith("OrleansCodeGen.ToolRuntime", StringComparison.Ordinal) == true).ToArray()) services.Remove(found);
        return services.BuildServiceProvider();
    }

    private GrainReference Make(string name, IdSpan key)
    {
        var (type, make) = Known[name];
        return make(
            new(type, GrainInterfaceType.Create(name), 0, calls, InvokeMethodOptions.None, Services.GetRequiredService<CodecProvider>(), Services.GetRequiredService<CopyContextPool>(), Services), key);
    }

    private static Func<GrainReferenceShared, IdSpan, GrainReference> Proxy(Type grain)
    {
        var proxy = grain.Assembly.GetTypes().Single(type => grain.IsAssignableFrom(type) && type.IsSubclassOf(typeof(GrainReference)));
        var constructor = ConstructorInvoker.Create(proxy.GetConstructors().Single());
        return (shared, key) => (GrainReference)constructor.Invoke(shared, key);
    }
}

/// <summary>The product's grains.</summary>
internal static class GrainTypes
{
    public static readonly GrainType Session = GrainType.Create("session"), Execution = GrainType.Create("tool-execution"), Batch = GrainType.Create("tool-batch"), Message = GrainType.Create("message");
}
