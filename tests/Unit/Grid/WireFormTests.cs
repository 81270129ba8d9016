using FaceGrid.Cameras.State;
using System.Reflection;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Grains.Storage;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: nodes of two versions understand each other while a grid is upgraded node by node, and rows stay readable: no number of a
/// member, no alias and no method of a grain is ever given another meaning. Method: the form of everything that is serialised, and of
/// every grain interface, is written down in <c>WireForms.txt</c> and compared. A new member, message or method adds lines there; a line
/// that changes or goes is a break. <c>FACEGRID_WIRE_FORMS=file</c> writes what is to be compared.
/// </summary>
public sealed class WireFormTests
{
    private static readonly Assembly[] Assemblies = [typeof(GalleryMap).Assembly, typeof(PersonState).Assembly, typeof(CameraState)
        .Assembly];

    [Fact]
    public void Whatever_crosses_the_wire_keeps_its_form()
    {
        string[] now = [.. Types.Where(IsSerialised).SelectMany(FormOf).Concat(Types.Where(IsGrain).SelectMany(MethodsOf))
            .Concat(Types.Where(IsGrainClass).Select(GrainTypeOf)).Order(StringComparer.Ordinal)];
        if (Environment.GetEnvironmentVariable("FACEGRID_WIRE_FORMS") is { Length: > 0 } file)
        {
            File.WriteAllLines(file, now);
        }

        string[] kept = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Grid", "WireForms.txt"));
        kept.Except(now, StringComparer.Ordinal).ShouldBeEmpty("what was written once keeps its meaning");
        now.Except(kept, StringComparer.Ordinal).ShouldBeEmpty("what is new is added to WireForms.txt");
        now.Length.ShouldBeGreaterThan(400, "or the test looks in the wrong place");
    }

    [Fact]
    public void Everything_that_is_serialised_has_an_alias_so_that_a_type_may_be_renamed_and_moved()
    {
        Type[] all = [.. Types.Where(type => (IsSerialised(type) && type is { IsEnum: false }) || IsGrain(type))];
        all.Where(type => type.GetCustomAttribute<AliasAttribute>() is null).ShouldBeEmpty();
        all.Select(type => type.GetCustomAttribute<AliasAttribute>()!.Alias).ShouldBeUnique();
    }

    private static IEnumerable<Type> Types => Assemblies.SelectMany(assembly => assembly.GetTypes());

    // Numbers of any enumeration may be stored. Placement strategies are not: every node finds them in its own code.
    private static bool IsSerialised(Type type) =>
        type is { IsEnum: true, IsPublic: true }
            || (type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && !typeof(PlacementStrategy).IsAssignableFrom(type));

    private static bool IsGrain(Type type) => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type);

    private static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false } && typeof(IGrain).IsAssignableFrom(type) && typeof(Grain).IsAssignableFrom(type);

    // The grain type is part of every grain's id, which nodes of two versions must agree on; without the attribute it is the name of the
    // class.
    private static string GrainTypeOf(Type type)
    {
        GrainTypeAttribute given = type.GetCustomAttribute<GrainTypeAttribute>()
            ?? throw new InvalidOperationException($"{type.Name} has no [GrainType].");
        return $"grain type {given.GetGrainType(null!, type)}";
    }

    private static IEnumerable<string> FormOf(Type type)
    {
        string name = NameOf(type);
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(member => $"{name} = {Convert.ToInt64(Enum.Parse(type, member)):0} {member}");
        }

        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        IEnumerable<(uint Id, Type Type)> members = type.GetProperties(Own)
            .Select(property => (property.GetCustomAttribute<IdAttribute>()?.Id, Type: property.PropertyType))
            .Concat(type.GetFields(Own).Select(field => (field.GetCustomAttribute<IdAttribute>()?.Id, Type: field.FieldType)))
            .Where(member => member.Id is not null)
            .Select(member => (member.Id!.Value, member.Type));
        string[] form = [.. members.Select(member => $"{name} [{member.Id}]: {NameOf(member.Type)}")];
        return form.Length > 0 ? form : [$"{name} without members"];
    }

    private static IEnumerable<string> MethodsOf(Type grain)
    {
        foreach (MethodInfo method in grain.GetMethods(BindingFlags.Instance | BindingFlags.Public))
        {
            string name = method.GetCustomAttribute<AliasAttribute>()?.Alias ?? method.Name;
            IEnumerable<string> parameters = method.GetParameters().Select(parameter => NameOf(parameter.ParameterType));
            yield return $"{NameOf(grain)} {name}({string.Join(", ", parameters)}): {NameOf(method.ReturnType)}";
        }
    }

    private static string NameOf(Type type) =>
        type.IsArray ? NameOf(type.GetElementType()!) + "[]"
        : Nullable.GetUnderlyingType(type) is { } inner ? NameOf(inner) + "?"
        : type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.Name;
}
