using System.Reflection;
using ToolRuntime.Engine.Calls;
using ToolRuntime.Engine.Contracts;

namespace Orleans.Runtime;

/// <summary>A reference to a grain. The ones handed out also implement the grain interface they were asked for.</summary>
public abstract class GrainReference : DispatchProxy, IAddressable, IEquatable<GrainReference>
{
    private GrainInterface contract = null!;

    public GrainId GrainId { get; private set; }

    internal CallRuntime Runtime { get; private set; } = null!;

    public TGrainInterface Cast<TGrainInterface>() => this is TGrainInterface same ? same : (TGrainInterface)(object)GrainInterface.Of(typeof(TGrainInterface)).Refer(Runtime, GrainId);

    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"GrainReference:{GrainId}:{contract.Name}";

    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) => reference1 is null ? reference2 is null : reference1.Equals(reference2);

    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    // A prototype made once is cloned: DispatchProxy.Create costs a microsecond, a clone some nanoseconds.
    internal GrainReference Clone(GrainInterface contract, CallRuntime runtime, GrainId id)
    {
        var clone = (GrainReference)MemberwiseClone();
        (clone.contract, clone.Runtime, clone.GrainId) = (contract, runtime, id);
        return clone;
    }

    protected sealed override object? Invoke(MethodInfo? targetMethod, object?[]? args) => contract.Method(targetMethod!).Send(this, args ?? []);
}
