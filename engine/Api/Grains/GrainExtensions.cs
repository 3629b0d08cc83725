using ToolRuntime.Engine.Activations;

namespace Orleans;

public static class GrainExtensions
{
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        if (grain is not GrainReference && grain is TGrainInterface and not IGrainBase)
            return (TGrainInterface)grain;
        return Reference(grain).Cast<TGrainInterface>();
    }

    public static GrainId GetGrainId(this IAddressable grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain is GrainReference reference ? reference.GrainId : Activation.Of((IGrainBase)grain).GrainId;
    }

    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    private static GrainReference Reference(IAddressable grain) => grain as GrainReference ?? Activation.Of((IGrainBase)grain).GrainReference;
}
