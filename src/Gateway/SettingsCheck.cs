using System.Reflection;

namespace FaceGrid.Gateway;

/// <summary>
/// Compares a section of the configuration with the options that it fills. A mistyped key or value gives a sentence that names it. The
/// validators of the options check the ranges.
/// </summary>
public static class SettingsCheck
{
    /// <summary>Looks for keys that are not settings and for values of the wrong type.</summary>
    /// <typeparam name="T">The options.</typeparam>
    /// <param name="section">The section.</param>
    /// <param name="elsewhere">Keys of the section that belong to other options.</param>
    /// <returns>A sentence for each wrong key, and one for the first value that cannot be read. Empty when nothing is wrong.</returns>
    public static IReadOnlyList<string> MistakesIn<T>(IConfigurationSection section, params string[] elsewhere)
        where T : class, new()
    {
        ArgumentNullException.ThrowIfNull(elsewhere);
        return MistakesIn(section, elsewhere, new T());
    }

    /// <summary>Checks a section that fills two options, as <see cref="MistakesIn{T}"/> does. A wrong key is named once.</summary>
    /// <typeparam name="TFirst">The options that have some of the keys.</typeparam>
    /// <typeparam name="TSecond">The options that have the other keys.</typeparam>
    /// <param name="section">The section.</param>
    /// <returns>
    /// A sentence for each wrong key, and one for the first value of each options that cannot be read. Empty when nothing is wrong.
    /// </returns>
    public static IReadOnlyList<string> MistakesIn<TFirst, TSecond>(IConfigurationSection section)
        where TFirst : class, new()
        where TSecond : class, new() => MistakesIn(section, [], new TFirst(), new TSecond());

    private static List<string> MistakesIn(IConfigurationSection section, string[] elsewhere, params object[] filled)
    {
        ArgumentNullException.ThrowIfNull(section);
        List<string> mistakes = [];
        Compare(section, [.. filled.SelectMany(options => options.GetType().GetProperties())], elsewhere, mistakes);
        foreach (object options in filled)
        {
            try
            {
                section.Bind(options);
            }
            catch (InvalidOperationException wrong)
            {
                mistakes.Add(wrong.InnerException is null ? wrong.Message : $"{wrong.Message} {wrong.InnerException.Message}");
            }
        }

        return mistakes;
    }

    private static void Compare(IConfigurationSection section, PropertyInfo[] members, string[] elsewhere, List<string> mistakes)
    {
        PropertyInfo[] properties = Array.FindAll(members, property => property.SetMethod is { IsPublic: true });
        string[] known = [.. properties.Select(property => property.Name), .. elsewhere];
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                mistakes.Add($"{child.Path} is not a setting; known are {string.Join(", ", known)}.");
            }

            Type? type = Array.Find(
                properties, property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase))?.PropertyType;
            if (type is not null && IsOptions(type))
            {
                Compare(child, type.GetProperties(), [], mistakes);
            }
            else if (type is { IsGenericType: true } && type.GetGenericArguments() is [var item] && IsOptions(item))
            {
                foreach (IConfigurationSection one in child.GetChildren())
                {
                    Compare(one, item.GetProperties(), [], mistakes);
                }
            }
        }
    }

    private static bool IsOptions(Type type) =>
        type.IsClass && type.Namespace?.StartsWith(nameof(FaceGrid), StringComparison.Ordinal) == true;
}
