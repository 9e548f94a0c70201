"""Ask the processor for memory ahead of its use: a hint that changes no result."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

READ, KEEP, DATA = 0, 3, 1  # llvm.prefetch: for reading, in every cache, data and not instructions


@intrinsic
def prefetch(_context: Any, array: Any, index: Any) -> Any:
    """Fetch the cache line of `array[index]` without waiting; an index past the end is harmless."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        hint = builder.module.declare_intrinsic(
            "llvm.prefetch", [byte], ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        )
        where = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
        builder.call(hint, [where, word(READ), word(KEEP), word(DATA)])
        return context.get_dummy_value()

    return types.void(array, types.intp), codegen
