using System.Reflection;

namespace FaceGrid.Tests.Gateway;

/// <summary>Hands out the fake grains of a <see cref="FakeGrid"/>: every GetGrain overload ends in one look-up by interface and key.</summary>
public class FakeGrainFactory : DispatchProxy
{
    private Func<Type, object, object> _find = static (_, _) => throw new InvalidOperationException("No grid.");

    public static IGrainFactory Over(Func<Type, object, object> find)
    {
        IGrainFactory factory = Create<IGrainFactory, FakeGrainFactory>();
        ((FakeGrainFactory)(object)factory)._find = find;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod is { Name: "GetGrain", IsGenericMethod: true }
            ? _find(targetMethod.GetGenericArguments()[0], args![0]!)
            : throw new NotSupportedException(targetMethod?.Name);
}
