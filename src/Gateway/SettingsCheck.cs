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
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(elsewhere);
        List<string> mistakes = [];
        Compare(section, typeof(T), elsewhere, mistakes);
        try
        {
            section.Bind(new T());
        }
        catch (InvalidOperationException wrong)
        {
            mistakes.Add(wrong.InnerException is null ? wrong.Message : $"{wrong.Message} {wrong.InnerException.Message}");
        }

        return mistakes;
    }

    private static void Compare(IConfigurationSection section, Type options, string[] elsewhere, List<string> mistakes)
    {
        PropertyInfo[] properties = Array.FindAll(options.GetProperties(), property => property.SetMethod is { IsPublic: true });
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
                Compare(child, type, [], mistakes);
            }
            else if (type is { IsGenericType: true } && type.GetGenericArguments() is [var item] && IsOptions(item))
            {
                foreach (IConfigurationSection one in child.GetChildren())
                {
                    Compare(one, item, [], mistakes);
                }
            }
        }
    }

    private static bool IsOptions(Type type) =>
        type.IsClass && type.Namespace?.StartsWith(nameof(FaceGrid), StringComparison.Ordinal) == true;
}
