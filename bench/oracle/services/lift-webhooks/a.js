exports.a=exports.b=exports.c=async()=>1
