using FaceGrid.Gateway.Bodies;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace FaceGrid.Gateway.Pages;

/// <summary>Adds to the OpenAPI document what it cannot take from the code.</summary>
internal static class GatewayDocument
{
    public static void Describe(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "FaceGrid",
                Version = "v1",
                Description = "Finds which enrolled person a face belongs to, exactly, or says that it is nobody's. Distances are "
                    + "Euclidean between unit vectors, 0 to 2.",
            };
            document.Servers?.Clear();
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes["key"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = "X-Api-Key",
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(Embedding))
            {
                schema.Description = "An array of numbers, or base64 of little-endian float32. Answers use base64.";
                schema.OneOf =
                [
                    new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Number } },
                    new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" },
                ];
            }

            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, _, _) =>
        {
            operation.Responses ??= [];
            operation.Responses["default"] = new OpenApiResponse
            {
                Description = "A problem document (RFC 9457): type, title, status, detail, code, requestId.",
            };
            return Task.CompletedTask;
        });
    }
}
