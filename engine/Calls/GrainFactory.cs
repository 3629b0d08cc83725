using ToolRuntime.Engine.Contracts;

namespace ToolRuntime.Engine.Calls;

/// <summary>Makes the references of one host.</summary>
internal sealed class GrainFactory(CallRuntime runtime, IServiceProvider services) : IClusterClient
{
    public IServiceProvider ServiceProvider => services;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        var type = grainClassNamePrefix is null ? Served<TGrainInterface>.By : GrainClasses.OfProcess.Serving(typeof(TGrainInterface), grainClassNamePrefix);
        return (TGrainInterface)(object)Served<TGrainInterface>.Contract.Refer(runtime, GrainId.Create(type, primaryKey));
    }

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) =>
        (IGrain)(object)GrainInterface.Of(grainInterfaceType).Refer(runtime, GrainId.Create(GrainClasses.OfProcess.Serving(grainInterfaceType, null), grainPrimaryKey));

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => (TGrainInterface)(object)Served<TGrainInterface>.Contract.Refer(runtime, grainId);

    // Looked up once per interface and process.
    private static class Served<T>
    {
        private static readonly Lazy<GrainType> Type = new(static () => GrainClasses.OfProcess.Serving(typeof(T), null), LazyThreadSafetyMode.PublicationOnly);

        public static readonly GrainInterface Contract = GrainInterface.Of(typeof(T));

        public static GrainType By => Type.Value;
    }
}
